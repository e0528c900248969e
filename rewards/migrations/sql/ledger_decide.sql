-- Which code a transfer gets, and its effects if it is `created`. The order of the checks is rewards/pure/precedence.py's.

-- `exists`, or the first field in which a repeated transfer differs from the stored one, what it left out filled in.
CREATE FUNCTION rewards_ledger_compared(a rewards_ledger_ask, stored rewards_transfer)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r rewards_transfer%ROWTYPE;
BEGIN
    IF to_jsonb(a.flags) <> stored.flags THEN RETURN 'exists_with_different_flags'; END IF;
    IF a.pending IS DISTINCT FROM stored.pending THEN RETURN 'exists_with_different_pending_id'; END IF;
    IF a.timeout_minutes <> stored.timeout_minutes THEN RETURN 'exists_with_different_timeout_minutes'; END IF;
    IF a.pending IS NOT NULL AND a.flags && '{post,void}' THEN
        SELECT * INTO r FROM rewards_transfer WHERE id = a.pending;
        a.amount := CASE WHEN a.amount IS NULL OR (a.amount = 0 AND 'void' = ANY(a.flags)) THEN r.amount ELSE a.amount END;
    END IF;
    RETURN CASE
        WHEN coalesce(a.debit, r.debit) IS DISTINCT FROM stored.debit THEN 'exists_with_different_debit'
        WHEN coalesce(a.credit, r.credit) IS DISTINCT FROM stored.credit THEN 'exists_with_different_credit'
        WHEN 'balancing_debit' = ANY(a.flags) AND coalesce(a.amount, 0) < stored.amount
            OR NOT 'balancing_debit' = ANY(a.flags) AND coalesce(a.amount, 0) <> stored.amount
            THEN 'exists_with_different_amount'
        WHEN coalesce(a.expires_on, r.expires_on) IS DISTINCT FROM stored.expires_on THEN 'exists_with_different_expires_on'
        WHEN coalesce(a.reference, r.reference) IS DISTINCT FROM stored.reference THEN 'exists_with_different_reference'
        WHEN coalesce(a.reason, r.reason) IS DISTINCT FROM stored.reason THEN 'exists_with_different_reason'
        WHEN coalesce(a."by", r."by") IS DISTINCT FROM stored."by" THEN 'exists_with_different_by'
        WHEN coalesce(a.fund, r.fund, rewards_ledger_fund(coalesce(a.debit, ''))) <> stored.fund THEN 'exists_with_different_fund'
        WHEN coalesce(a.kind, r.kind) IS DISTINCT FROM stored.kind THEN 'exists_with_different_kind'
        ELSE 'exists'
    END;
END $$;

CREATE FUNCTION rewards_ledger_store(a rewards_ledger_ask, moment timestamptz)
RETURNS rewards_transfer LANGUAGE plpgsql AS $$
DECLARE
    t rewards_transfer%ROWTYPE;
BEGIN
    INSERT INTO rewards_transfer (id, at, flags, debit, credit, kind, amount, fund, pending, timeout_minutes, expires_on,
                                  reference, reason, "by")
    VALUES (a.id, moment, to_jsonb(a.flags), a.debit, a.credit, a.kind, a.amount, a.fund, a.pending, a.timeout_minutes,
            a.expires_on, a.reference, a.reason, a."by")
    ON CONFLICT (id) DO NOTHING RETURNING * INTO t;
    RETURN t;
END $$;

-- When a reservation is released by itself; NULL: never (0, or beyond the calendar).
CREATE FUNCTION rewards_ledger_ends_at(moment timestamptz, minutes bigint, zone text)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN minutes BETWEEN 1 AND 5000000000
        AND greatest((moment + minutes * interval '1 minute') AT TIME ZONE 'UTC',
                     (moment + minutes * interval '1 minute') AT TIME ZONE zone) < '10000-01-01'
        THEN moment + minutes * interval '1 minute' END
$$;

-- The posted transfer that a refund or reverse undoes: between the same accounts, the other way round.
CREATE FUNCTION rewards_ledger_undone(a rewards_ledger_ask) RETURNS rewards_transfer LANGUAGE plpgsql STABLE AS $$
DECLARE
    undone rewards_transfer%ROWTYPE;
BEGIN
    SELECT * INTO undone FROM rewards_transfer
    WHERE id = CASE WHEN a.reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN a.reference::uuid END
        AND NOT flags ?| '{pending,void}' AND NOT 'pending' = ANY(a.flags) AND debit = a.credit AND credit = a.debit;
    RETURN undone;
END $$;

-- How much of a transfer is still to undo; for a claw-back what has expired of the award is taken back already.
CREATE FUNCTION rewards_ledger_left_to_undo(undone rewards_transfer, is_claw_back boolean, day date)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN undone.amount
        - coalesce((SELECT sum(amount) FROM rewards_transfer
                    WHERE reference = undone.id::text AND kind IN ('refund', 'reverse')), 0)::bigint
        - CASE WHEN is_claw_back THEN coalesce((
            SELECT sum(expired_points + CASE WHEN expires_on < day THEN "left" ELSE 0 END)
            FROM rewards_lot WHERE origin = undone.id::text), 0)::bigint ELSE 0 END;
END $$;

-- A single or pending transfer.
CREATE FUNCTION rewards_ledger_single(a rewards_ledger_ask, moment timestamptz, zone text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    day date := (moment AT TIME ZONE zone)::date;
    is_pending boolean := 'pending' = ANY(a.flags);
    is_wallet boolean := coalesce(rewards_ledger_kind(a.debit) = 'wallet', false);
    is_claw_back boolean := false;
    d rewards_account%ROWTYPE;
    c rewards_account%ROWTYPE;
    undone rewards_transfer%ROWTYPE;
    t rewards_transfer%ROWTYPE;
    available bigint;
    loan bigint := 0;
BEGIN
    IF a.debit = a.credit THEN RETURN 'accounts_must_be_different'; END IF;
    IF a.pending IS NOT NULL THEN RETURN 'pending_id_must_be_zero'; END IF;
    IF a.timeout_minutes <> 0 AND NOT is_pending THEN RETURN 'timeout_reserved_for_pending_transfer'; END IF;
    IF coalesce(a.amount, 0) = 0 THEN RETURN 'amount_must_not_be_zero'; END IF;
    SELECT * INTO d FROM rewards_account WHERE code = a.debit;
    IF NOT FOUND THEN RETURN 'debit_account_not_found'; END IF;
    SELECT * INTO c FROM rewards_account WHERE code = a.credit;
    IF NOT FOUND THEN RETURN 'credit_account_not_found'; END IF;
    IF rewards_ledger_fund(d.code) <> rewards_ledger_fund(c.code) THEN RETURN 'accounts_must_have_the_same_fund'; END IF;
    IF a.fund <> rewards_ledger_fund(d.code) THEN RETURN 'transfer_must_have_the_same_fund_as_accounts'; END IF;
    IF d.is_closed THEN RETURN 'debit_account_already_closed'; END IF;
    IF c.is_closed THEN RETURN 'credit_account_already_closed'; END IF;
    IF a.kind IN ('refund', 'reverse') THEN
        undone := rewards_ledger_undone(a);
        IF undone.id IS NULL THEN RETURN 'reference_not_found'; END IF;
        is_claw_back := a.kind = 'reverse' AND is_wallet AND undone.kind = 'award';
    END IF;
    available := CASE WHEN is_wallet THEN rewards_ledger_available(d.code, day)
        ELSE d.credits_posted - d.debits_posted - d.debits_pending END;
    IF 'balancing_debit' = ANY(a.flags) THEN a.amount := least(a.amount, greatest(0, available)); END IF;
    IF undone.id IS NOT NULL AND a.amount > rewards_ledger_left_to_undo(undone, is_claw_back, day) THEN
        RETURN 'exceeds_reference_amount';
    END IF;
    IF is_claw_back AND a.amount > available THEN
        loan := a.amount - available;
        IF EXISTS (SELECT FROM rewards_account WHERE code = rewards_ledger_debt(a.debit) AND is_closed) THEN
            RETURN 'debit_account_already_closed';
        END IF;
    END IF;
    IF d.debits_must_not_exceed_credits AND a.amount > available + loan THEN RETURN 'exceeds_credits'; END IF;
    IF c.credits_must_not_exceed_debits AND a.amount > c.debits_posted - c.credits_posted - c.credits_pending THEN
        RETURN 'exceeds_debits';
    END IF;

    a.fund := rewards_ledger_fund(d.code);
    t := rewards_ledger_store(a, moment);
    IF t.id IS NULL THEN RETURN rewards_ledger_decide(a, moment, zone); END IF;  -- the same id, committed meanwhile
    IF loan > 0 THEN PERFORM rewards_ledger_lend(t, loan, day); END IF;
    IF is_wallet THEN
        PERFORM rewards_ledger_take(t.id, t.debit, t.amount, day, CASE WHEN is_claw_back THEN undone.id::text END,
                                    is_pending, t.kind = 'expire');
    END IF;
    IF is_pending THEN
        UPDATE rewards_account SET debits_pending = debits_pending + t.amount WHERE code = t.debit;
        UPDATE rewards_account SET credits_pending = credits_pending + t.amount WHERE code = t.credit;
        INSERT INTO rewards_reservation (transfer, status, ends_at)
        VALUES (t.id, 'pending', rewards_ledger_ends_at(moment, t.timeout_minutes, zone));
    ELSE
        UPDATE rewards_account SET debits_posted = debits_posted + t.amount WHERE code = t.debit;
        UPDATE rewards_account SET credits_posted = credits_posted + t.amount WHERE code = t.credit;
        PERFORM rewards_ledger_credit_wallet(t, day);
    END IF;
    PERFORM rewards_ledger_log(t);
    PERFORM rewards_ledger_repay(ARRAY[t.debit, t.credit], t.id, moment, day);
    RETURN 'created';
END $$;

-- A post or a void.
CREATE FUNCTION rewards_ledger_resolve(a rewards_ledger_ask, moment timestamptz, zone text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    day date := (moment AT TIME ZONE zone)::date;
    is_void boolean := 'void' = ANY(a.flags);
    r rewards_transfer%ROWTYPE;
    held rewards_reservation%ROWTYPE;
    t rewards_transfer%ROWTYPE;
BEGIN
    IF cardinality(ARRAY(SELECT unnest(a.flags) INTERSECT SELECT unnest('{post,void,pending,balancing_debit}'::text[]))) > 1 THEN
        RETURN 'flags_are_mutually_exclusive';
    END IF;
    IF a.pending IS NULL THEN RETURN 'pending_id_must_not_be_zero'; END IF;
    IF a.pending = a.id THEN RETURN 'pending_id_must_be_different'; END IF;
    IF a.timeout_minutes <> 0 THEN RETURN 'timeout_reserved_for_pending_transfer'; END IF;
    SELECT * INTO r FROM rewards_transfer WHERE id = a.pending;
    IF NOT FOUND THEN RETURN 'pending_transfer_not_found'; END IF;
    IF NOT r.flags ? 'pending' THEN RETURN 'pending_transfer_not_pending'; END IF;
    IF a.debit <> r.debit THEN RETURN 'pending_transfer_has_different_debit'; END IF;
    IF a.credit <> r.credit THEN RETURN 'pending_transfer_has_different_credit'; END IF;
    IF a.fund <> r.fund THEN RETURN 'pending_transfer_has_different_fund'; END IF;
    IF a.kind <> r.kind THEN RETURN 'pending_transfer_has_different_kind'; END IF;
    IF a.amount IS NULL OR (a.amount = 0 AND is_void) THEN a.amount := r.amount; END IF;
    IF a.amount > r.amount THEN RETURN 'exceeds_pending_transfer_amount'; END IF;
    IF is_void AND a.amount < r.amount THEN RETURN 'pending_transfer_has_different_amount'; END IF;
    SELECT * INTO STRICT held FROM rewards_reservation WHERE transfer = r.id;
    IF held.status IN ('posted', 'voided') THEN RETURN 'pending_transfer_already_' || held.status; END IF;
    IF held.status = 'expired' OR held.ends_at <= moment THEN RETURN 'pending_transfer_expired'; END IF;
    IF NOT is_void THEN
        IF EXISTS (SELECT FROM rewards_account WHERE code = r.debit AND is_closed) THEN
            RETURN 'debit_account_already_closed';
        END IF;
        IF EXISTS (SELECT FROM rewards_account WHERE code = r.credit AND is_closed) THEN
            RETURN 'credit_account_already_closed';
        END IF;
    END IF;

    a.debit := r.debit;
    a.credit := r.credit;
    a.fund := r.fund;
    a.kind := r.kind;
    a.expires_on := coalesce(a.expires_on, r.expires_on);
    a.reference := coalesce(a.reference, r.reference);
    a.reason := coalesce(a.reason, r.reason);
    a."by" := coalesce(a."by", r."by");
    t := rewards_ledger_store(a, moment);
    IF t.id IS NULL THEN RETURN rewards_ledger_decide(a, moment, zone); END IF;
    UPDATE rewards_reservation SET status = CASE WHEN is_void THEN 'voided' ELSE 'posted' END, ends_at = NULL
    WHERE transfer = r.id;
    UPDATE rewards_account SET debits_pending = debits_pending - r.amount,
        debits_posted = debits_posted + CASE WHEN is_void THEN 0 ELSE t.amount END WHERE code = r.debit;
    UPDATE rewards_account SET credits_pending = credits_pending - r.amount,
        credits_posted = credits_posted + CASE WHEN is_void THEN 0 ELSE t.amount END WHERE code = r.credit;
    PERFORM rewards_ledger_unhold(r.id, CASE WHEN is_void THEN 0 ELSE t.amount END, t.id, t.kind = 'expire', day);
    IF NOT is_void THEN PERFORM rewards_ledger_credit_wallet(t, day); END IF;
    PERFORM rewards_ledger_log(t);
    PERFORM rewards_ledger_repay(ARRAY[t.debit, t.credit], t.id, moment, day);
    RETURN 'created';
END $$;

CREATE FUNCTION rewards_ledger_decide(a rewards_ledger_ask, moment timestamptz, zone text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    stored rewards_transfer%ROWTYPE;
BEGIN
    SELECT * INTO stored FROM rewards_transfer WHERE id = a.id;
    IF FOUND THEN RETURN rewards_ledger_compared(a, stored); END IF;
    IF EXISTS (SELECT FROM rewards_failedtransfer WHERE id = a.id) THEN RETURN 'id_already_failed'; END IF;
    IF a.flags && '{post,void}' THEN RETURN rewards_ledger_resolve(a, moment, zone); END IF;
    RETURN rewards_ledger_single(a, moment, zone);
END $$;
