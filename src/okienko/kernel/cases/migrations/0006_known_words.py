"""The words by which cases are found, so that a beginning is asked for by the words that begin so."""

from django.db import migrations, models

# Every word is written by whoever first brings it, none waits for another: two who bring it at once both write it.
# Marks are not words that anybody types, and of what begins with a digit each case has its own: they stay out.
# The lock holds back only the clearing of words that no case has any more.
# However few rows there are when a connection plans this, there will be many.
KEPT = """
CREATE FUNCTION case_words_kept() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    before text[] := '{}';
    now text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        before := coalesce(tsvector_to_array(OLD.words), '{}');
    END IF;
    IF TG_OP <> 'DELETE' THEN
        now := coalesce(tsvector_to_array(NEW.words), '{}');
    END IF;
    LOCK TABLE cases_knownword IN ROW EXCLUSIVE MODE;
    INSERT INTO cases_knownword (text, let_go)
    SELECT word, false FROM unnest(now) AS word
    WHERE word !~ '^[#0-9]' AND word <> ALL (before)
        AND NOT EXISTS (SELECT FROM cases_knownword AS known WHERE known.text = word AND NOT known.let_go)
    UNION ALL
    SELECT word, true FROM unnest(before) AS word WHERE word !~ '^[#0-9]' AND word <> ALL (now);
    RETURN NULL;
END
$$;
CREATE TRIGGER case_words_kept_of_new AFTER INSERT OR DELETE ON cases_case
    FOR EACH ROW EXECUTE FUNCTION case_words_kept();
CREATE TRIGGER case_words_kept AFTER UPDATE OF words ON cases_case
    FOR EACH ROW WHEN (OLD.words IS DISTINCT FROM NEW.words) EXECUTE FUNCTION case_words_kept();
"""
# What is asked for, with the words that begin as its last one does in the place of that beginning. Nothing is left out:
# where they are too many, or where they are not kept, the beginning stays.
ASKED = """
CREATE FUNCTION case_words_asked(asked text) RETURNS tsquery LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET enable_seqscan = off
AS $$
DECLARE
    most CONSTANT integer := 50;
    beginning CONSTANT text := substring(asked FROM '''([^'']+)'':\\*');
    words text[];
BEGIN
    IF beginning IS NULL OR beginning ~ '^[#0-9]' THEN
        RETURN asked::tsquery;
    END IF;
    words := ARRAY(
        SELECT DISTINCT text FROM cases_knownword
        WHERE NOT let_go AND text >= beginning AND text < beginning || chr(1114111)
        ORDER BY text LIMIT most + 1
    );
    IF cardinality(words) > most THEN
        RETURN asked::tsquery;
    END IF;
    RETURN replace(
        asked,
        quote_literal(beginning) || ':*',
        array_to_string(
            ARRAY(
                SELECT '''' || replace(replace(word, '\\', '\\\\'), '''', '''''') || ''''
                FROM unnest(words || beginning) AS word
            ),
            ' | '
        )
    )::tsquery;
END
$$;
"""
GONE = """
DROP FUNCTION case_words_asked(text);
DROP TRIGGER case_words_kept ON cases_case;
DROP TRIGGER case_words_kept_of_new ON cases_case;
DROP FUNCTION case_words_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_figures_of_receipt")]
    operations = [
        migrations.CreateModel(
            name="KnownWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(db_collation="C")),
                ("let_go", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["text"], condition=models.Q(let_go=False), name="known_word_by_beginning"
                    ),
                    models.Index(fields=["id"], condition=models.Q(let_go=True), name="known_word_let_go"),
                ],
            },
        ),
        migrations.RunSQL(KEPT + ASKED, GONE),
    ]
