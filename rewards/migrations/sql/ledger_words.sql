-- Functions that read or write tables are PL/pgSQL, which keeps their plans; the others are inlined.
-- What the code of an account says, ids made from their cause, and leaves of the log. Same rules as rewards/pure.

-- Lots are found by whole keys only: indexes for beginnings of text, which the framework makes, cost every credit a fifth.
DO $$ DECLARE spare text; BEGIN
    FOR spare IN SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname ~ '^rewards_lot_.*_like$' LOOP
        EXECUTE format('DROP INDEX %I', spare);
    END LOOP;
END $$;

CREATE TYPE rewards_ledger_ask AS (
    id uuid, flags text[], debit text, credit text, kind text, amount bigint, fund text, pending uuid,
    timeout_minutes bigint, expires_on date, reference text, reason text, "by" text
);

-- mint, budget, wallet, debt, spent or expired; NULL for any other code.
CREATE FUNCTION rewards_ledger_kind(code text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN code ~ '^(budget|wallet|debt):([^@]+|.+@[^@]+)$' THEN split_part(code, ':', 1)
        WHEN code ~ '^(mint|spent|expired)(@[^@]+)?$' THEN split_part(code, '@', 1)
    END
$$;

-- Accounts many people draw from: locked last and held shortest.
CREATE FUNCTION rewards_ledger_is_shared(code text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(rewards_ledger_kind(code) IN ('mint', 'budget', 'spent', 'expired'), false)
$$;

CREATE FUNCTION rewards_ledger_fund(code text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN strpos(code, '@') > 0 THEN substring(code FROM '[^@]*$') ELSE 'default' END
$$;

CREATE FUNCTION rewards_ledger_debt(wallet text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT 'debt:' || substr(wallet, 8)
$$;

-- A name-based UUID, version 8 (RFC 9562) over SHA-256: the same cause gives the same id.
CREATE FUNCTION rewards_ledger_derived(cause text) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT encode(set_byte(set_byte(d, 6, get_byte(d, 6) & 15 | 128), 8, get_byte(d, 8) & 63 | 128), 'hex')::uuid
    FROM (
        SELECT substr(sha256(convert_to('6f0b3a52-5d0f-5c7e-9a51-0d1f5c1f2a10:' || cause, 'UTF8')), 1, 16) AS d
    ) AS digest
$$;

-- A moment as records write it: UTC, microseconds.
CREATE FUNCTION rewards_ledger_moment(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

-- A transfer as the canonical JSON (RFC 8785) that is hashed: keys in order, no spaces; to_json escapes exactly as it asks.
CREATE FUNCTION rewards_ledger_record(t rewards_transfer) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN '{"amount":' || t.amount
        || ',"at":"' || rewards_ledger_moment(t.at)
        || '","by":' || coalesce(to_json(t."by")::text, 'null')
        || ',"credit":' || to_json(t.credit)::text
        || ',"debit":' || to_json(t.debit)::text
        || ',"expires_on":' || coalesce('"' || to_char(t.expires_on, 'YYYY-MM-DD') || '"', 'null')
        || ',"flags":' || replace(t.flags::text, ', ', ',')
        || ',"fund":' || to_json(t.fund)::text
        || ',"id":"' || t.id || '","kind":' || to_json(t.kind)::text
        || ',"number":' || t.number
        || ',"pending_id":' || coalesce('"' || t.pending || '"', 'null')
        || ',"reason":' || coalesce(to_json(t.reason)::text, 'null')
        || ',"reference":' || coalesce(to_json(t.reference)::text, 'null')
        || ',"timeout_minutes":' || t.timeout_minutes || '}';
END $$;

-- Write a transfer into the log, in the same transaction; the sequencer gives indexes after commit.
CREATE FUNCTION rewards_ledger_log(t rewards_transfer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    record bytea := convert_to(rewards_ledger_record(t), 'UTF8');
    salt bytea := uuid_send(gen_random_uuid());
BEGIN
    INSERT INTO proof_leaf (kind, key, record, salt, data, at)
    VALUES ('transfer', t.id::text, record, salt, sha256(salt || record), t.at);
END $$;

-- The same for many, in the order they were posted.
CREATE FUNCTION rewards_ledger_log_all(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO proof_leaf (kind, key, record, salt, data, at)
    SELECT 'transfer', hashed.id::text, hashed.record, hashed.salt, sha256(hashed.salt || hashed.record), hashed.at
    FROM (
        SELECT t.id, t.at, convert_to(rewards_ledger_record(t), 'UTF8') AS record, uuid_send(gen_random_uuid()) AS salt
        FROM rewards_transfer AS t WHERE t.id = ANY(ids) ORDER BY t.number OFFSET 0
    ) AS hashed;
END $$;

-- Spend an id for ever, and say so in the log.
CREATE FUNCTION rewards_ledger_spend(asked uuid, answer text, moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    record bytea := convert_to('{"at":"' || rewards_ledger_moment(moment) || '","code":"' || answer || '","id":"' || asked || '"}', 'UTF8');
    salt bytea := uuid_send(gen_random_uuid());
BEGIN
    INSERT INTO rewards_failedtransfer (id, code, at) VALUES (asked, answer, moment) ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
        INSERT INTO proof_leaf (kind, key, record, salt, data, at)
        VALUES ('refusal', asked::text, record, salt, sha256(salt || record), moment);
    END IF;
END $$;
