from django.db import migrations

# As a function, because the server then plans it once per connection: planning takes longer than the work itself.
TAKE = """
CREATE FUNCTION slots_take(
    resources bigint[], versions int[], places int[], lows timestamptz[], highs timestamptz[],
    claim_key text, asked_at timestamptz, held_until timestamptz,
    OUT current int, OUT free int, OUT claim_id bigint, OUT claim_resource bigint, OUT claim_place int
) LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    stands boolean;
BEGIN
    SELECT count(*) INTO current
    FROM unnest(resources, versions) AS w(resource, version)
    JOIN slots_resource r ON r.id = w.resource AND r.hours_version = w.version AND r.active;
    free := 0;
    IF current < cardinality(resources) THEN
        RETURN;
    END IF;
    FOR turn IN 1 .. cardinality(resources) LOOP
        FOR place IN 1 .. places[turn] LOOP
            wanted := resources[turn] * 1000 + place;
            SELECT EXISTS (
                SELECT 1 FROM slots_claim c
                WHERE int8range(c.cell, c.cell, '[]') && int8range(wanted, wanted, '[]')
                  AND c.during && tstzrange(lows[turn], highs[turn])
                  AND (c.expires_at IS NULL OR c.expires_at > asked_at)
            ) INTO stands;
            IF NOT stands THEN
                free := free + 1;
                INSERT INTO slots_claim (resource_id, place, during, kind, expires_at, key, made_at, note)
                VALUES (resources[turn], place, tstzrange(lows[turn], highs[turn]), 'hold', held_until, claim_key, asked_at, '')
                ON CONFLICT DO NOTHING
                RETURNING id INTO claim_id;
                IF claim_id IS NOT NULL THEN
                    claim_resource := resources[turn];
                    claim_place := place;
                    RETURN;
                END IF;
            END IF;
        END LOOP;
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("slots", "0001_initial")]
    operations = [migrations.RunSQL(TAKE, "DROP FUNCTION slots_take")]
