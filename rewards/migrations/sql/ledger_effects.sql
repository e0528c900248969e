-- What a transfer does once it may: lots, loans, repaying of debts, releases. Same rules as rewards/pure/effects.py.

CREATE FUNCTION rewards_ledger_available(of_wallet text, day date) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(sum("left"), 0)::bigint FROM rewards_lot
        WHERE wallet = of_wallet AND "left" > 0 AND (expires_on IS NULL OR expires_on >= day)
    );
END $$;

CREATE FUNCTION rewards_ledger_new_lot(key text, of_wallet text, earned_by text, points bigint, last_day date)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rewards_lot (id, wallet, number, origin, "left", held, expired_points, expires_on)
    VALUES (key, of_wallet, coalesce((SELECT max(number) FROM rewards_lot WHERE wallet = of_wallet), 0) + 1,
            earned_by, points, 0, 0, last_day);
END $$;

-- Take points from lots: those of the award `beginning` first, then what expires first, then the oldest.
CREATE FUNCTION rewards_ledger_take(
    cause uuid, of_wallet text, points bigint, day date, beginning text, holds boolean, expires boolean
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    missing bigint := points;
    place int := 0;
    part bigint;
    lot record;
BEGIN
    FOR lot IN
        SELECT id, "left" FROM rewards_lot
        WHERE wallet = of_wallet AND "left" > 0 AND (expires_on IS NULL OR expires_on >= day)
        ORDER BY origin IS DISTINCT FROM beginning, expires_on ASC NULLS LAST, number
    LOOP
        EXIT WHEN missing = 0;
        part := least(missing, lot."left");
        UPDATE rewards_lot SET "left" = "left" - part, held = held + CASE WHEN holds THEN part ELSE 0 END,
            expired_points = expired_points + CASE WHEN expires AND NOT holds THEN part ELSE 0 END WHERE id = lot.id;
        INSERT INTO rewards_taking (transfer, position, lot, amount, returned) VALUES (cause, place, lot.id, part, 0);
        missing := missing - part;
        place := place + 1;
    END LOOP;
    IF missing > 0 THEN
        RAISE EXCEPTION '% of % points are not in the lots of %', missing, points, of_wallet;
    END IF;
END $$;

-- Points come back into a lot, or into one of their own, living 30 more days, if its day is over.
CREATE FUNCTION rewards_ledger_give_back(into_lot text, points bigint, cause text, day date)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    lot rewards_lot%ROWTYPE;
BEGIN
    IF points = 0 THEN RETURN; END IF;
    SELECT * INTO STRICT lot FROM rewards_lot WHERE id = into_lot;
    IF lot.expires_on IS NOT NULL AND lot.expires_on < day THEN
        PERFORM rewards_ledger_new_lot(rewards_ledger_derived('lot:' || cause || ':' || lot.id)::text, lot.wallet,
                                       lot.origin, points, least(day + 30, '9999-12-31'::date));
    ELSE
        UPDATE rewards_lot SET "left" = "left" + points WHERE id = lot.id;
    END IF;
END $$;

-- Put posted points into lots: those they came from if the transfer undoes another, else one of their own.
CREATE FUNCTION rewards_ledger_credit_wallet(t rewards_transfer, day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    undone record;
    taken record;
    missing bigint := t.amount;
    part bigint;
BEGIN
    IF t.amount = 0 OR rewards_ledger_kind(t.credit) IS DISTINCT FROM 'wallet' THEN RETURN; END IF;
    IF t.kind NOT IN ('refund', 'reverse') THEN
        PERFORM rewards_ledger_new_lot(t.id::text, t.credit, t.id::text, t.amount, t.expires_on);
        RETURN;
    END IF;
    SELECT id, kind INTO STRICT undone FROM rewards_transfer WHERE id = t.reference::uuid;
    FOR taken IN
        SELECT position, lot, amount - returned AS points FROM rewards_taking
        WHERE transfer = undone.id ORDER BY position DESC
    LOOP
        part := least(missing, taken.points);
        CONTINUE WHEN part = 0;
        UPDATE rewards_taking SET returned = returned + part WHERE transfer = undone.id AND position = taken.position;
        IF undone.kind = 'expire' THEN
            UPDATE rewards_lot SET expired_points = expired_points - part WHERE id = taken.lot;
        END IF;
        PERFORM rewards_ledger_give_back(taken.lot, part, t.id::text, day);
        missing := missing - part;
    END LOOP;
    IF missing > 0 THEN
        RAISE EXCEPTION '% points more than were taken cannot be returned', missing;
    END IF;
END $$;

-- End the hold on what a reservation took: `kept` points of it are spent by `cause`, the rest comes back.
CREATE FUNCTION rewards_ledger_unhold(reserved uuid, kept bigint, cause uuid, expires boolean, day date)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    taken record;
    part bigint;
BEGIN
    FOR taken IN SELECT position, lot, amount FROM rewards_taking WHERE transfer = reserved ORDER BY position LOOP
        part := least(kept, taken.amount);
        kept := kept - part;
        UPDATE rewards_lot SET held = held - taken.amount WHERE id = taken.lot;
        PERFORM rewards_ledger_give_back(taken.lot, taken.amount - part, cause::text, day);
        CONTINUE WHEN part = 0;
        INSERT INTO rewards_taking (transfer, position, lot, amount, returned)
        VALUES (cause, taken.position, taken.lot, part, 0);
        IF expires THEN
            UPDATE rewards_lot SET expired_points = expired_points + part WHERE id = taken.lot;
        END IF;
    END LOOP;
END $$;

-- Lend what a claw-back will take and the person no longer has.
CREATE FUNCTION rewards_ledger_lend(t rewards_transfer, points bigint, day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    lender text := rewards_ledger_debt(t.debit);
    loan rewards_transfer%ROWTYPE;
BEGIN
    PERFORM rewards_ledger_imply(ARRAY[lender]);
    INSERT INTO rewards_transfer (id, at, flags, debit, credit, kind, amount, fund, timeout_minutes, reference, "by")
    VALUES (rewards_ledger_derived('loan:' || t.id), t.at, '[]', lender, t.debit, 'adjust', points, t.fund, 0,
            t.id::text, t."by")
    RETURNING * INTO loan;
    UPDATE rewards_account SET debits_posted = debits_posted + points WHERE code = lender;
    UPDATE rewards_account SET credits_posted = credits_posted + points WHERE code = t.debit;
    PERFORM rewards_ledger_credit_wallet(loan, day);
    PERFORM rewards_ledger_log(loan);
END $$;

-- Repay what the people on both sides of a transfer owe, as far as they have points available, closed or not.
CREATE FUNCTION rewards_ledger_repay(sides text[], cause uuid, moment timestamptz, day date)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    side text;
    payer text;
    lender text;
    owed bigint;
    key uuid;
    repayment rewards_transfer%ROWTYPE;
BEGIN
    FOREACH side IN ARRAY sides LOOP
        CASE coalesce(rewards_ledger_kind(side), '')
            WHEN 'wallet' THEN payer := side;
            WHEN 'debt' THEN payer := 'wallet:' || substr(side, 6);
            ELSE CONTINUE;
        END CASE;
        lender := rewards_ledger_debt(payer);
        SELECT debits_posted - credits_posted - credits_pending INTO owed FROM rewards_account WHERE code = lender;
        CONTINUE WHEN NOT FOUND OR owed <= 0;
        owed := least(owed, rewards_ledger_available(payer, day));
        CONTINUE WHEN owed <= 0;
        key := rewards_ledger_derived('repay:' || cause || ':' || payer);
        INSERT INTO rewards_transfer (id, at, flags, debit, credit, kind, amount, fund, timeout_minutes, reference)
        VALUES (key, moment, '[]', payer, lender, 'adjust', owed, rewards_ledger_fund(payer), 0, cause::text)
        RETURNING * INTO repayment;
        PERFORM rewards_ledger_take(key, payer, owed, day, NULL, false, false);
        UPDATE rewards_account SET debits_posted = debits_posted + owed WHERE code = payer;
        UPDATE rewards_account SET credits_posted = credits_posted + owed WHERE code = lender;
        PERFORM rewards_ledger_log(repayment);
    END LOOP;
END $$;

-- Release a reservation at its end, however late this runs; nothing if it has ended already. The caller holds the locks.
CREATE FUNCTION rewards_ledger_time_out(reserved uuid, moment timestamptz, zone text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    ended timestamptz;
    t rewards_transfer%ROWTYPE;
    day date;
BEGIN
    UPDATE rewards_reservation SET status = 'expired'
    WHERE transfer = reserved AND status = 'pending' AND ends_at IS NOT NULL RETURNING ends_at INTO ended;
    IF NOT FOUND THEN RETURN; END IF;
    day := (ended AT TIME ZONE zone)::date;
    SELECT * INTO STRICT t FROM rewards_transfer WHERE id = reserved;
    UPDATE rewards_account SET debits_pending = debits_pending - t.amount WHERE code = t.debit;
    UPDATE rewards_account SET credits_pending = credits_pending - t.amount WHERE code = t.credit;
    PERFORM rewards_ledger_unhold(reserved, 0, reserved, false, day);
    PERFORM rewards_ledger_repay(ARRAY[t.debit, t.credit], reserved, moment, day);
END $$;
