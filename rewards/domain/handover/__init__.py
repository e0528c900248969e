"""Hand leave over to HR's system: an outbox of one row a grant and one a return (`rewards.models.handover`).

Ways out: a file HR takes away (`batches`), reading by HR's system (`feed`, the API), a signed webhook or WeCom's quota
interface (`channels`, carried by `outbox.send_due`). Whatever the way, a row ends by `marks`: acknowledged with the other
side's number, refused, or kept for somebody to look at. A return gives the points back when it is acknowledged.
"""
