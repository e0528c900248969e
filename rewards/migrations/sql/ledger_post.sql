-- Post batches, release, expire: locks first (people's accounts by code, shared ones last), then decide, then write.

CREATE FUNCTION rewards_ledger_imply(codes text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rewards_account (code, debits_pending, debits_posted, credits_pending, credits_posted,
                                 debits_must_not_exceed_credits, credits_must_not_exceed_debits, is_closed)
    SELECT wanted, 0, 0, 0, 0, rewards_ledger_kind(wanted) NOT IN ('mint', 'debt'), rewards_ledger_kind(wanted) = 'debt', false
    FROM unnest(codes) AS wanted
    WHERE rewards_ledger_kind(wanted) IS NOT NULL AND NOT EXISTS (SELECT FROM rewards_account WHERE code = wanted)
    ORDER BY rewards_ledger_is_shared(wanted), wanted COLLATE "C"
    ON CONFLICT (code) DO NOTHING;
END $$;

-- Make the implied accounts, then lock all, people's first, both in the order of their codes. With a wallet goes its debt, if
-- there is one; with a debt its wallet.
CREATE FUNCTION rewards_ledger_lock(codes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    code_ text;
    people text[] := '{}';
    shared text[] := '{}';
    beside text[] := '{}';
BEGIN
    FOREACH code_ IN ARRAY codes LOOP
        IF rewards_ledger_is_shared(code_) THEN
            shared := shared || code_;
        ELSE
            people := people || code_;
            IF starts_with(code_, 'wallet:') THEN
                beside := beside || rewards_ledger_debt(code_);
            ELSIF starts_with(code_, 'debt:') THEN
                people := people || ('wallet:' || substr(code_, 6));
            END IF;
        END IF;
    END LOOP;
    codes := people || shared;
    IF (SELECT count(*) FROM rewards_account WHERE code = ANY(codes)) < cardinality(codes) THEN
        PERFORM rewards_ledger_imply(codes);
    END IF;
    people := people || beside;
    IF cardinality(people) > 0 THEN
        PERFORM FROM rewards_account WHERE code = ANY(people) ORDER BY code COLLATE "C" FOR NO KEY UPDATE;
    END IF;
    IF cardinality(shared) > 0 THEN
        PERFORM FROM rewards_account WHERE code = ANY(shared) ORDER BY code COLLATE "C" FOR NO KEY UPDATE;
    END IF;
END $$;

-- Lock what a batch may touch, and release reservations of these accounts whose time is over before anything is decided.
CREATE FUNCTION rewards_ledger_prepare(items rewards_ledger_ask[], moment timestamptz, zone text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    codes text[];
    due uuid[];
    ended uuid;
BEGIN
    IF cardinality(items) = 1 AND (items[1]).pending IS NULL THEN
        codes := array_remove(ARRAY[(items[1]).debit, (items[1]).credit], NULL);
    ELSE
        codes := ARRAY(
            SELECT code FROM unnest(items) AS a, unnest(ARRAY[a.debit, a.credit]) AS code WHERE code IS NOT NULL
            UNION
            SELECT code FROM unnest(items) AS a JOIN rewards_transfer AS r ON r.id = a.pending,
                unnest(ARRAY[r.debit, r.credit]) AS code WHERE a.flags && '{post,void}'
        );
    END IF;
    IF EXISTS (SELECT FROM rewards_reservation WHERE status = 'pending' AND ends_at <= moment) THEN
        due := ARRAY(
            SELECT r.transfer FROM rewards_reservation AS r JOIN rewards_transfer AS t ON t.id = r.transfer
            WHERE r.status = 'pending' AND r.ends_at <= moment AND (t.debit = ANY(codes) OR t.credit = ANY(codes))
            ORDER BY r.ends_at, t.number
        );
        codes := ARRAY(
            SELECT unnest(codes)
            UNION SELECT code FROM rewards_transfer AS t, unnest(ARRAY[t.debit, t.credit]) AS code WHERE t.id = ANY(due)
        );
    END IF;
    PERFORM rewards_ledger_lock(codes);
    FOREACH ended IN ARRAY coalesce(due, '{}') LOOP
        PERFORM rewards_ledger_time_out(ended, moment, zone);
    END LOOP;
END $$;

-- Whether every transfer of a batch is plain, new and allowed in whatever order: credits from accounts without lots that
-- can pay the sum, to people who owe nothing.
CREATE FUNCTION rewards_ledger_is_plain(items rewards_ledger_ask[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(*) = count(DISTINCT a.id)
        AND bool_and(coalesce(
            a.flags <@ '{linked}' AND a.kind NOT IN ('refund', 'reverse') AND a.pending IS NULL AND a.timeout_minutes = 0
            AND a.amount > 0 AND a.debit <> a.credit AND NOT d.is_closed AND NOT c.is_closed
            AND rewards_ledger_fund(a.debit) = rewards_ledger_fund(a.credit)
            AND coalesce(a.fund = rewards_ledger_fund(a.debit), true)
            AND coalesce(rewards_ledger_kind(a.debit) NOT IN ('wallet', 'debt'), true)
            AND NOT c.credits_must_not_exceed_debits, false))
        AND NOT 'linked' = ANY((items[cardinality(items)]).flags)
        AND NOT EXISTS (SELECT FROM rewards_transfer WHERE id = ANY(ARRAY(SELECT i.id FROM unnest(items) AS i)))
        AND NOT EXISTS (SELECT FROM rewards_failedtransfer WHERE id = ANY(ARRAY(SELECT i.id FROM unnest(items) AS i)))
        AND NOT EXISTS (
            SELECT FROM (SELECT i.debit, sum(i.amount) AS points FROM unnest(items) AS i GROUP BY i.debit) AS paying
            JOIN rewards_account AS payer ON payer.code = paying.debit
            WHERE payer.debits_must_not_exceed_credits
                AND paying.points > payer.credits_posted - payer.debits_posted - payer.debits_pending)
        AND NOT EXISTS (
            SELECT FROM rewards_account AS debt WHERE debits_posted > credits_posted + credits_pending AND code = ANY(ARRAY(
                SELECT rewards_ledger_debt(i.credit) FROM unnest(items) AS i WHERE i.credit LIKE 'wallet:%')))
    FROM unnest(items) AS a
    LEFT JOIN rewards_account AS d ON d.code = a.debit LEFT JOIN rewards_account AS c ON c.code = a.credit);
END $$;

-- Post a plain batch in sets, a handful of statements however many transfers; false: one id was committed meanwhile.
CREATE FUNCTION rewards_ledger_post_plain(items rewards_ledger_ask[], moment timestamptz)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rewards_transfer (id, at, flags, debit, credit, kind, amount, fund, timeout_minutes, expires_on,
                                  reference, reason, "by")
    SELECT a.id, moment, to_jsonb(a.flags), a.debit, a.credit, a.kind, a.amount, rewards_ledger_fund(a.debit), 0,
        a.expires_on, a.reference, a.reason, a."by"
    FROM unnest(items) WITH ORDINALITY AS a ORDER BY a.ordinality;
    UPDATE rewards_account AS account
    SET debits_posted = debits_posted + moved.debits, credits_posted = credits_posted + moved.credits
    FROM (
        SELECT side.code, sum(side.debits)::bigint AS debits, sum(side.credits)::bigint AS credits
        FROM unnest(items) AS a, LATERAL (VALUES (a.debit, a.amount, 0), (a.credit, 0, a.amount)) AS side (code, debits, credits)
        GROUP BY side.code
    ) AS moved
    WHERE account.code = moved.code;
    INSERT INTO rewards_lot (id, wallet, number, origin, "left", held, expired_points, expires_on)
    SELECT a.id::text, a.credit,
        coalesce((SELECT max(number) FROM rewards_lot WHERE wallet = a.credit), 0)
            + row_number() OVER (PARTITION BY a.credit ORDER BY a.ordinality),
        a.id::text, a.amount, 0, 0, a.expires_on
    FROM unnest(items) WITH ORDINALITY AS a WHERE rewards_ledger_kind(a.credit) = 'wallet';
    PERFORM rewards_ledger_log_all(ARRAY(SELECT a.id FROM unnest(items) AS a));
    RETURN true;
EXCEPTION WHEN unique_violation THEN
    RETURN false;
END $$;

CREATE FUNCTION rewards_ledger_spends(answer text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT answer IN ('debit_account_not_found', 'credit_account_not_found', 'debit_account_already_closed',
                      'credit_account_already_closed', 'reference_not_found', 'exceeds_credits', 'exceeds_debits',
                      'pending_transfer_not_found')
$$;

-- A chain: whole or not at all. The first that is not created has its own code and alone may spend its id.
CREATE FUNCTION rewards_ledger_post_chain(items rewards_ledger_ask[], moment timestamptz, zone text)
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    size int := cardinality(items);
    is_open boolean := 'linked' = ANY((items[size]).flags);
    results text[];
    culprit int;
    answer text;
BEGIN
    BEGIN
        FOR place IN 1..size LOOP
            culprit := place;
            IF is_open AND place = size THEN
                answer := 'linked_event_chain_open';
            ELSE
                answer := rewards_ledger_decide(items[place], moment, zone);
            END IF;
            IF answer <> 'created' THEN
                RAISE EXCEPTION USING ERRCODE = 'JB001';
            END IF;
        END LOOP;
        RETURN array_fill('created'::text, ARRAY[size]);
    EXCEPTION WHEN SQLSTATE 'JB001' THEN
        NULL;  -- everything the chain has written is undone; the locks stay
    END;
    IF rewards_ledger_spends(answer) THEN
        PERFORM rewards_ledger_spend((items[culprit]).id, answer, moment);
    END IF;
    results := array_fill('linked_event_failed'::text, ARRAY[size]);
    IF is_open THEN results[size] := 'linked_event_chain_open'; END IF;
    results[culprit] := answer;
    RETURN results;
END $$;

-- One plain credit from a shared account to a wallet, the commonest transfer, in as few statements as it needs; NULL: look closer.
CREATE FUNCTION rewards_ledger_post_award(a rewards_ledger_ask, moment timestamptz) RETURNS text[] LANGUAGE plpgsql AS $$
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
    SELECT * INTO d FROM rewards_account WHERE code = a.debit FOR NO KEY UPDATE;
    IF NOT FOUND OR d.is_closed
        OR (d.debits_must_not_exceed_credits AND a.amount > d.credits_posted - d.debits_posted - d.debits_pending) THEN
        RETURN NULL;
    END IF;
    SELECT NOT EXISTS (SELECT FROM rewards_transfer WHERE id = a.id)
            AND NOT EXISTS (SELECT FROM rewards_failedtransfer WHERE id = a.id)
            AND NOT EXISTS (SELECT FROM rewards_account WHERE code = rewards_ledger_debt(a.credit)
                            AND debits_posted > credits_posted + credits_pending),
        coalesce((SELECT max(number) FROM rewards_lot WHERE wallet = a.credit), 0)
        INTO is_plain, last_lot;
    IF NOT is_plain THEN RETURN NULL; END IF;
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

-- Post a batch: an array of objects with the fields of rewards_ledger_ask; one code per transfer, in order.
-- Plans are made once: the planner would make one for each length of an array, which costs more than it saves.
CREATE FUNCTION rewards_ledger_post(batch jsonb, moment timestamptz, zone text) RETURNS text[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    size int := jsonb_array_length(batch);
    single rewards_ledger_ask;
    items rewards_ledger_ask[];
    results text[] := '{}';
    beginning int := 1;
    ending int;
    answer text;
BEGIN
    IF size = 1 THEN
        single := jsonb_populate_record(NULL::rewards_ledger_ask, batch -> 0);
        IF single.flags = '{}' AND single.kind NOT IN ('refund', 'reverse') AND single.pending IS NULL AND single.timeout_minutes = 0
            AND single.amount > 0 AND rewards_ledger_is_shared(single.debit) AND rewards_ledger_kind(single.credit) = 'wallet' THEN
            results := rewards_ledger_post_award(single, moment);
            IF results IS NOT NULL THEN RETURN results; END IF;
            results := '{}';
        END IF;
        items := ARRAY[single];
    ELSE
        items := ARRAY(SELECT a FROM jsonb_populate_recordset(NULL::rewards_ledger_ask, batch) AS a);
    END IF;
    PERFORM rewards_ledger_prepare(items, moment, zone);
    IF size > 1 AND rewards_ledger_is_plain(items) AND rewards_ledger_post_plain(items, moment) THEN
        RETURN array_fill('created'::text, ARRAY[size]);
    END IF;
    WHILE beginning <= size LOOP
        ending := beginning;
        WHILE ending < size AND 'linked' = ANY((items[ending]).flags) LOOP
            ending := ending + 1;
        END LOOP;
        IF ending > beginning OR 'linked' = ANY((items[ending]).flags) THEN
            results := results || rewards_ledger_post_chain(items[beginning:ending], moment, zone);
        ELSE
            answer := rewards_ledger_decide(items[beginning], moment, zone);
            IF rewards_ledger_spends(answer) THEN
                PERFORM rewards_ledger_spend((items[beginning]).id, answer, moment);
            END IF;
            results := results || answer;
        END IF;
        beginning := ending + 1;
    END LOOP;
    RETURN results;
END $$;

-- Release one reservation whose time is over.
CREATE FUNCTION rewards_ledger_release(reserved uuid, moment timestamptz, zone text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    pair rewards_ledger_ask;
BEGIN
    SELECT debit, credit INTO STRICT pair.debit, pair.credit FROM rewards_transfer WHERE id = reserved;
    PERFORM rewards_ledger_prepare(ARRAY[pair], moment, zone);
END $$;

-- Move what is left in the lots of a wallet that are past their day to `expired`, one transfer per lot.
CREATE FUNCTION rewards_ledger_expire(of_wallet text, moment timestamptz, zone text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    day date := (moment AT TIME ZONE zone)::date;
    fund_ text := rewards_ledger_fund(of_wallet);
    sink text := 'expired' || CASE WHEN fund_ = 'default' THEN '' ELSE '@' || fund_ END;
    pair rewards_ledger_ask;
    lot record;
    key uuid;
    t rewards_transfer%ROWTYPE;
BEGIN
    pair.debit := of_wallet;
    pair.credit := sink;
    PERFORM rewards_ledger_prepare(ARRAY[pair], moment, zone);  -- what is due comes back first, so that no lot expires twice
    FOR lot IN
        SELECT id, "left" AS points FROM rewards_lot WHERE wallet = of_wallet AND "left" > 0 AND expires_on < day
        ORDER BY expires_on, number
    LOOP
        key := rewards_ledger_derived('expire:' || lot.id);
        INSERT INTO rewards_transfer (id, at, flags, debit, credit, kind, amount, fund, timeout_minutes, reference)
        VALUES (key, moment, '[]', of_wallet, sink, 'expire', lot.points, fund_, 0, lot.id) RETURNING * INTO t;
        UPDATE rewards_lot SET "left" = 0, expired_points = expired_points + lot.points WHERE id = lot.id;
        INSERT INTO rewards_taking (transfer, position, lot, amount, returned) VALUES (key, 0, lot.id, lot.points, 0);
        UPDATE rewards_account SET debits_posted = debits_posted + lot.points WHERE code = of_wallet;
        UPDATE rewards_account SET credits_posted = credits_posted + lot.points WHERE code = sink;
        PERFORM rewards_ledger_log(t);
    END LOOP;
END $$;
