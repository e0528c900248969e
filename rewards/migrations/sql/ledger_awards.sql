-- Awards in sets: a batch of plain credits from shared accounts to wallets in few statements, each account looked up as rarely
-- as its rules allow. And one order of locks more: a debt is locked after every wallet, so that whoever holds a wallet may look at
-- the debt beside it and lock it later, without meeting somebody who came the other way round.

-- Make the implied accounts, then lock all: wallets and opened accounts by code, debts by code, shared ones by code. With a
-- wallet goes its debt, if there is one; with a debt its wallet.
CREATE OR REPLACE FUNCTION rewards_ledger_lock(codes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    people text[];
    shared text[];
BEGIN
    SELECT coalesce(array_agg(DISTINCT code) FILTER (WHERE NOT is_shared), '{}'),
        coalesce(array_agg(DISTINCT code) FILTER (WHERE is_shared), '{}')
        INTO people, shared
    FROM (SELECT code, rewards_ledger_is_shared(code) AS is_shared FROM unnest(codes) AS code) AS given;
    people := people || ARRAY(
        SELECT 'wallet:' || substr(code, 6) FROM unnest(people) AS code WHERE starts_with(code, 'debt:')
        EXCEPT SELECT unnest(people)
    );
    IF (SELECT count(*) FROM rewards_account WHERE code = ANY(people || shared)) < cardinality(people) + cardinality(shared) THEN
        PERFORM rewards_ledger_imply(people || shared);
    END IF;
    IF cardinality(people) > 0 THEN
        people := people || ARRAY(SELECT rewards_ledger_debt(code) FROM unnest(people) AS code WHERE starts_with(code, 'wallet:'));
        PERFORM FROM rewards_account WHERE code = ANY(people)
        ORDER BY starts_with(code, 'debt:'), code COLLATE "C" FOR NO KEY UPDATE;
    END IF;
    IF cardinality(shared) > 0 THEN
        PERFORM FROM rewards_account WHERE code = ANY(shared) ORDER BY code COLLATE "C" FOR NO KEY UPDATE;
    END IF;
END $$;

-- Whether each payer is open and can pay its part of a batch.
CREATE FUNCTION rewards_ledger_can_pay(items rewards_ledger_ask[], payers text[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT count(*) = cardinality(payers)
            AND bool_and(NOT is_closed AND (NOT debits_must_not_exceed_credits
                                            OR paying.points <= credits_posted - debits_posted - debits_pending))
        FROM rewards_account JOIN (
            SELECT a.debit, sum(a.amount) AS points FROM unnest(items) AS a GROUP BY a.debit
        ) AS paying ON paying.debit = code
        WHERE code = ANY(payers)
    );
END $$;

-- Post a batch of awards that are new, plain and allowed in whatever order; false: look closer, nothing is written.
CREATE FUNCTION rewards_ledger_post_awards(items rewards_ledger_ask[], moment timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    is_plain boolean;
    wallets text[];
    payers text[];
    found int;
BEGIN
    IF EXISTS (SELECT FROM rewards_reservation WHERE status = 'pending' AND ends_at <= moment)
        OR EXISTS (SELECT FROM rewards_transfer WHERE id = (items[1]).id) THEN
        RETURN false;  -- before any lock
    END IF;
    SELECT array_agg(DISTINCT a.credit), array_agg(DISTINCT a.debit), count(*) = count(DISTINCT a.id) AND bool_and(coalesce(
            a.flags <@ '{linked}' AND a.kind NOT IN ('refund', 'reverse') AND a.pending IS NULL AND a.timeout_minutes = 0
            AND a.amount > 0 AND rewards_ledger_fund(a.debit) = rewards_ledger_fund(a.credit)
            AND coalesce(a.fund = rewards_ledger_fund(a.debit), true), false))
        INTO wallets, payers, is_plain
    FROM unnest(items) AS a;
    IF NOT is_plain OR 'linked' = ANY((items[cardinality(items)]).flags)
        OR NOT (SELECT bool_and(rewards_ledger_is_shared(code)) FROM unnest(payers) AS code)
        OR NOT (SELECT bool_and(coalesce(rewards_ledger_kind(code) = 'wallet', false)) FROM unnest(wallets) AS code)
        OR NOT rewards_ledger_can_pay(items, payers) THEN
        RETURN false;
    END IF;
    IF (SELECT count(*) FROM rewards_account WHERE code = ANY(wallets)) < cardinality(wallets) THEN
        PERFORM rewards_ledger_imply(wallets);
    END IF;
    SELECT count(*) FILTER (WHERE NOT is_closed) INTO found FROM (
        SELECT is_closed FROM rewards_account WHERE code = ANY(wallets) ORDER BY code COLLATE "C" FOR NO KEY UPDATE
    ) AS locked;
    IF found < cardinality(wallets)
        OR EXISTS (
            SELECT FROM rewards_account WHERE debits_posted > credits_posted + credits_pending
                AND code = ANY(ARRAY(SELECT rewards_ledger_debt(code) FROM unnest(wallets) AS code)))
        OR EXISTS (SELECT FROM rewards_failedtransfer WHERE id = ANY(ARRAY(SELECT a.id FROM unnest(items) AS a))) THEN
        RETURN false;
    END IF;
    BEGIN
        PERFORM rewards_ledger_write_awards(items, moment);
        -- What everybody draws from is locked last and held shortest: others write their awards meanwhile.
        PERFORM FROM rewards_account WHERE code = ANY(payers) ORDER BY code COLLATE "C" FOR NO KEY UPDATE;
        IF NOT rewards_ledger_can_pay(items, payers) THEN
            RAISE EXCEPTION USING ERRCODE = 'JB001';
        END IF;
        UPDATE rewards_account SET debits_posted = debits_posted + paying.points
        FROM (SELECT a.debit, sum(a.amount)::bigint AS points FROM unnest(items) AS a GROUP BY a.debit) AS paying
        WHERE code = paying.debit;
        RETURN true;
    EXCEPTION WHEN unique_violation OR SQLSTATE 'JB001' THEN
        RETURN false;  -- an id was committed meanwhile, or the points were spent: what is written is undone
    END;
END $$;

-- Write awards, their lots and their leaves; the wallets are locked.
CREATE FUNCTION rewards_ledger_write_awards(items rewards_ledger_ask[], moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH posted AS (
        INSERT INTO rewards_transfer AS t (id, at, flags, debit, credit, kind, amount, fund, timeout_minutes, expires_on,
                                           reference, reason, "by")
        SELECT a.id, moment, to_jsonb(a.flags), a.debit, a.credit, a.kind, a.amount, rewards_ledger_fund(a.debit), 0,
            a.expires_on, a.reference, a.reason, a."by"
        FROM unnest(items) WITH ORDINALITY AS a ORDER BY a.ordinality
        RETURNING number, id, credit, amount, expires_on, convert_to(rewards_ledger_record(t), 'UTF8') AS record
    ), made AS (
        INSERT INTO rewards_lot (id, wallet, number, origin, "left", held, expired_points, expires_on)
        SELECT id::text, credit,
            coalesce((SELECT max(number) FROM rewards_lot WHERE wallet = credit), 0)
                + row_number() OVER (PARTITION BY credit ORDER BY number),
            id::text, amount, 0, 0, expires_on
        FROM posted
    )
    INSERT INTO proof_leaf (kind, key, record, salt, data, at)
    SELECT 'transfer', id::text, record, salt, sha256(salt || record), moment
    FROM (SELECT id, record, uuid_send(gen_random_uuid()) AS salt FROM posted ORDER BY number OFFSET 0) AS leaf;
    UPDATE rewards_account SET credits_posted = credits_posted + earned.points
    FROM (SELECT a.credit, sum(a.amount)::bigint AS points FROM unnest(items) AS a GROUP BY a.credit) AS earned
    WHERE code = earned.credit;
END $$;

-- One plain credit from a shared account to a wallet, the commonest transfer, in as few statements as it needs; NULL: look closer.
-- The debt is looked at before the shared account is locked: who goes on to lock it holds nothing that comes later in the order.
CREATE OR REPLACE FUNCTION rewards_ledger_post_award(a rewards_ledger_ask, moment timestamptz) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    c rewards_account%ROWTYPE;
    d rewards_account%ROWTYPE;
    t rewards_transfer%ROWTYPE;
    fund_ text := rewards_ledger_fund(a.debit);
    is_plain boolean;
    last_lot bigint;
BEGIN
    IF EXISTS (SELECT FROM rewards_reservation WHERE status = 'pending' AND ends_at <= moment) THEN
        RETURN NULL;  -- before any lock: what is due may lie between accounts that come earlier in the order
    END IF;
    SELECT * INTO c FROM rewards_account WHERE code = a.credit FOR NO KEY UPDATE;
    IF NOT FOUND OR c.is_closed OR fund_ <> rewards_ledger_fund(c.code) OR a.fund <> fund_ THEN RETURN NULL; END IF;
    SELECT NOT EXISTS (SELECT FROM rewards_transfer WHERE id = a.id)
            AND NOT EXISTS (SELECT FROM rewards_failedtransfer WHERE id = a.id)
            AND NOT EXISTS (SELECT FROM rewards_account WHERE code = rewards_ledger_debt(a.credit)
                            AND debits_posted > credits_posted + credits_pending),
        coalesce((SELECT max(number) FROM rewards_lot WHERE wallet = a.credit), 0)
        INTO is_plain, last_lot;
    IF NOT is_plain THEN RETURN NULL; END IF;
    SELECT * INTO d FROM rewards_account WHERE code = a.debit FOR NO KEY UPDATE;
    IF NOT FOUND OR d.is_closed
        OR (d.debits_must_not_exceed_credits AND a.amount > d.credits_posted - d.debits_posted - d.debits_pending) THEN
        RETURN NULL;
    END IF;
    INSERT INTO rewards_transfer (id, at, flags, debit, credit, kind, amount, fund, timeout_minutes, expires_on, reference,
                                  reason, "by")
    VALUES (a.id, moment, '[]', a.debit, a.credit, a.kind, a.amount, fund_, 0, a.expires_on, a.reference, a.reason, a."by")
    ON CONFLICT (id) DO NOTHING RETURNING * INTO t;
    IF NOT FOUND THEN RETURN NULL; END IF;
    UPDATE rewards_account SET debits_posted = debits_posted + a.amount WHERE code = a.debit;
    UPDATE rewards_account SET credits_posted = credits_posted + a.amount WHERE code = a.credit;
    INSERT INTO rewards_lot (id, wallet, number, origin, "left", held, expired_points, expires_on)
    VALUES (a.id::text, a.credit, last_lot + 1, a.id::text, a.amount, 0, 0, a.expires_on);
    PERFORM rewards_ledger_log(t);
    RETURN '{created}';
END $$;
