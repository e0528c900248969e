"""What may be done with points; `ledger` is the only writer of accounts and transfers."""
