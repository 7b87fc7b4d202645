"""Search: its table, the functions that find the words of a text, and the triggers that keep the table true.

The database does it, so that no way of writing can forget it: pages, imports, COPY, or a hand at the console.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")

# What is no part of a word, what is dropped from one, and what is written without spaces; as in forum/search_text.py.
SEPARATORS = (
    r"\u0001-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u055A-\u055F"
    r"\u0589\u058A\u05BE\u05C0\u05C3\u05F3\u05F4\u0609-\u060D\u061B-\u061F\u066A-\u066D\u06D4\u0964\u0965\u2000-\u206F"
    r"\u20A0-\u20CF\u2190-\u2BFF\u2E00-\u2E7F\u3000-\u3006\u3008-\u303F\u30FB\uE000-\uF8FF\uFE10-\uFE6F\uFFF0-\uFFFF"
    r"\U0001F000-\U0001FAFF"
)
MARKS = (
    r"\u00AD\u0300-\u036F\u0640\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED\u200B-\u200F"
    r"\u202A-\u202E\u2060\u2066-\u2069\uFE00-\uFE0F\uFEFF"
)
UNSPACED = r"\u3040-\u30FA\u30FC-\u30FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003134F"

WORDS = r"""
-- The words of a text in their order: small letters, one form of each character, and pairs of characters where a
-- script has no spaces (its last character stands alone, unless the words are asked for).
CREATE FUNCTION forum_search_words(words text, asked boolean DEFAULT false) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    words := lower(words);
    IF octet_length(words) > char_length(words) THEN
        IF words IS NOT NFKC NORMALIZED THEN
            words := lower(normalize(words, NFKC));
        END IF;
        words := regexp_replace(words, '[MARKS]+', '', 'g');
        words := translate(words, '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹ё', '01234567890123456789е');
        IF words ~ '[UNSPACED]' THEN
            SELECT string_agg(
                CASE WHEN run[1] ~ '[UNSPACED]' THEN forum_search_pairs(run[1], asked) ELSE run[1] END, ' ' ORDER BY n
            )
            INTO words
            FROM regexp_matches(words, '[UNSPACED]+|[^UNSPACED]+', 'g') WITH ORDINALITY AS runs(run, n);
        END IF;
    END IF;
    RETURN array_remove(string_to_array(regexp_replace(words, '[SEPARATORS]+', ' ', 'g'), ' '), '');
END $$;

CREATE FUNCTION forum_search_pairs(run text, asked boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(letter || coalesce(next_letter, ''), ' ' ORDER BY n)
    FROM (
        SELECT letter, n, lead(letter) OVER (ORDER BY n) AS next_letter
        FROM unnest(string_to_array(run, NULL)) WITH ORDINALITY AS letters(letter, n)
    ) AS pairs
    WHERE next_letter IS NOT NULL OR n = 1 OR NOT asked
$$;

-- The same words without accents; of Arabic also with one form of alef, yeh and heh, and without "and" before "the".
CREATE FUNCTION forum_search_folded(words text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF octet_length(words) = char_length(words) THEN
        RETURN words;
    END IF;
    IF position('ال' IN words) > 0 THEN
        words := regexp_replace(words, '(^| )[وف](?=ال)', '\1', 'g');
    END IF;
    words := translate(words, 'ىةٱøđłıħ', 'يهاodlih');
    words := replace(replace(replace(replace(words, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
    -- The Russian й is a letter of its own.
    words := regexp_replace(
        normalize(words, NFKD), '(?<!и)\u0306|[\u0300-\u0305\u0307-\u036F\u0653-\u0655]', '', 'g'
    );
    RETURN normalize(words, NFKC);
END $$;

CREATE FUNCTION forum_search_dictionary(language text) RETURNS regdictionary
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE split_part(language, '-', 1)
        WHEN 'en' THEN 'pg_catalog.english_stem'
        WHEN 'fr' THEN 'pg_catalog.french_stem'
        WHEN 'es' THEN 'pg_catalog.spanish_stem'
        WHEN 'ar' THEN 'pg_catalog.arabic_stem'
        WHEN 'ru' THEN 'pg_catalog.russian_stem'
        WHEN 'pt' THEN 'pg_catalog.portuguese_stem'
        WHEN 'de' THEN 'pg_catalog.german_stem'
        WHEN 'it' THEN 'pg_catalog.italian_stem'
        WHEN 'tr' THEN 'pg_catalog.turkish_stem'
        ELSE 'pg_catalog.simple'
    END::regdictionary
$$;

CREATE FUNCTION forum_search_stems(dictionary regdictionary, words text[], spelled text[], headed integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(stem || ':' || least(place, 16383) || CASE WHEN place <= headed THEN 'A' ELSE '' END, ' ')
    FROM unnest(words, spelled) WITH ORDINALITY AS places(word, otherwise, place),
        unnest(ts_lexize(dictionary, left(word, 100))) AS stem
    WHERE word IS DISTINCT FROM otherwise
$$;

-- Each word stands in it twice at one place: stemmed and then folded, and folded and then stemmed. So a text and a
-- question meet whichever of them was written with its accents, and stemmers see the accents they go by.
CREATE FUNCTION forum_search_vector(language text, heading text, body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    dictionary regdictionary := forum_search_dictionary(language);
    headed text[] := forum_search_words(left(heading, 1000));
    spelled text[] := headed || forum_search_words(left(body, 100000));
    joined text := array_to_string(spelled, ' ');
    folded text := forum_search_folded(joined);
    stems text := forum_search_stems(dictionary, spelled, NULL, cardinality(headed));
BEGIN
    IF folded <> joined THEN
        stems := concat_ws(
            ' ', forum_search_folded(stems),
            forum_search_stems(dictionary, string_to_array(folded, ' '), spelled, cardinality(headed))
        );
    END IF;
    RETURN coalesce(stems, '')::tsvector;
END $$;

CREATE FUNCTION forum_search_asked(language text, word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT forum_search_folded(stem))
    FROM unnest(
        ts_lexize(forum_search_dictionary(language), left(word, 100))
        || ts_lexize(forum_search_dictionary(language), left(forum_search_folded(word), 100))
    ) AS stem
$$;

-- What is asked for by words that stand one after the other; empty where a language counts them all as too common.
CREATE FUNCTION forum_search_query(language text, phrase text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    word text;
    stems text[];
    question text := '';
    distance integer := 1;
BEGIN
    FOREACH word IN ARRAY forum_search_words(phrase, asked => true) LOOP
        stems := forum_search_asked(language, word);
        IF stems IS NULL THEN
            distance := distance + 1;
        ELSE
            IF word ~ '^[UNSPACED]$' THEN
                stems := ARRAY[word || ':*'];
            END IF;
            question := question || CASE WHEN question = '' THEN '' ELSE '<' || distance || '>' END
                || '(' || array_to_string(stems, '|') || ')';
            distance := 1;
        END IF;
    END LOOP;
    RETURN question::tsquery;
END $$;

-- What is asked for without what is excluded; empty where nothing is asked for.
CREATE FUNCTION forum_search_without(asked tsquery, excluded tsquery) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN numnode(asked) = 0 OR numnode(excluded) = 0 THEN asked ELSE asked && !!excluded END
$$;

-- Where the words of a question stand in a text: their places, by word.
CREATE FUNCTION forum_search_places(vector tsvector, language text, asked text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(found.lexeme, to_jsonb(found.positions)), '{}')
    FROM unnest(vector) AS found
    WHERE EXISTS (
        SELECT FROM unnest(forum_search_words(asked, asked => true)) AS word
        WHERE found.lexeme = ANY (forum_search_asked(language, word))
            OR (word ~ '^[UNSPACED]$' AND starts_with(found.lexeme, word))
    )
$$;

-- The id after which the newest so many rows come. The planner asks it, too, and so knows how few they are.
CREATE FUNCTION forum_search_floor(rows integer) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10000 AS $$
BEGIN
    RETURN (SELECT coalesce(max(id), 0) - rows FROM forum_searchdocument);
END $$;
"""
WORDS = WORDS.replace("SEPARATORS", SEPARATORS).replace("MARKS", MARKS).replace("UNSPACED", UNSPACED)

TRIGGERS = r"""
-- The words that a reader sees in HTML of ours: neither tags nor the numbers of paragraphs; letters may be set apart.
CREATE FUNCTION forum_search_text(html text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            html,
            '<a class="para__number"[^>]*>[0-9]*</a>|</?(?:em|strong|code|sup|a)(?![a-z0-9])(?:"[^"]*"|[^">])*>', '', 'g'
        ),
        '<(?:"[^"]*"|[^">])*>|&(?:[a-z]+|#[0-9]+);', ' ', 'g'
    )
$$;

CREATE FUNCTION forum_search_add_post(post forum_post) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forum_searchdocument (
        source, language, discussion_id, post_id, author_id, imported_author_id, member_state_id, kind, dated_at, vector
    )
    SELECT 'post', split_part(post.language, '-', 1), post.discussion_id, post.id, post.author_id,
        post.imported_author_id, post.member_state_id, post.kind, post.posted_at,
        forum_search_vector(post.language, '', forum_search_text(post.html))
    WHERE post.state = 'visible';
END $$;

-- Adds what belongs to a post: of all, or of the one translation or attachment that is named.
CREATE FUNCTION forum_search_add_parts(of_post bigint, of_translation bigint, of_attachment bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forum_searchdocument (
        source, language, discussion_id, post_id, translation_id, attachment_id, author_id, imported_author_id,
        member_state_id, kind, dated_at, vector
    )
    SELECT part.source, split_part(part.language, '-', 1), post.discussion_id, post.id, part.translation_id,
        part.attachment_id, post.author_id, post.imported_author_id, post.member_state_id, post.kind, post.posted_at,
        forum_search_vector(part.language, part.heading, part.body)
    FROM forum_post AS post, LATERAL (
        SELECT 'translation' AS source, language, id AS translation_id, NULL::bigint AS attachment_id, '' AS heading,
            forum_search_text(html) AS body
        FROM forum_posttranslation
        WHERE post_id = post.id AND of_attachment IS NULL AND id = coalesce(of_translation, id)
        UNION ALL
        SELECT 'attachment', post.language, NULL, id, name, text
        FROM forum_attachment
        WHERE post_id = post.id AND of_translation IS NULL AND id = coalesce(of_attachment, id)
    ) AS part
    WHERE post.id = of_post AND post.state = 'visible';
END $$;

CREATE FUNCTION forum_search_post_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM forum_searchdocument WHERE post_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM forum_search_add_post(NEW);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM forum_search_add_parts(NEW.id, NULL, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER forum_post_searched AFTER INSERT OR DELETE ON forum_post
    FOR EACH ROW EXECUTE FUNCTION forum_search_post_changed();
CREATE TRIGGER forum_post_searched_anew AFTER UPDATE ON forum_post FOR EACH ROW WHEN (
    (OLD.discussion_id, OLD.author_id, OLD.imported_author_id, OLD.member_state_id, OLD.kind, OLD.language, OLD.html,
        OLD.state, OLD.posted_at)
    IS DISTINCT FROM
    (NEW.discussion_id, NEW.author_id, NEW.imported_author_id, NEW.member_state_id, NEW.kind, NEW.language, NEW.html,
        NEW.state, NEW.posted_at)
) EXECUTE FUNCTION forum_search_post_changed();

CREATE FUNCTION forum_search_translation_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM forum_searchdocument WHERE post_id = OLD.post_id AND translation_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM forum_search_add_parts(NEW.post_id, NEW.id, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER forum_translation_searched AFTER INSERT OR DELETE OR UPDATE OF post_id, language, html
    ON forum_posttranslation FOR EACH ROW EXECUTE FUNCTION forum_search_translation_changed();

CREATE FUNCTION forum_search_add_entry(entry forum_libraryentry) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forum_searchdocument (source, language, entry_id, author_id, kind, dated_at, vector)
    SELECT 'entry', split_part(entry.language, '-', 1), entry.id, entry.proposed_by_id, entry.entry_type,
        entry.published_at,
        forum_search_vector(
            entry.language, entry.title, concat_ws(E'\n\n', entry.summary, entry.programme, entry.provider,
                entry.expected_result, entry.achieved_result, entry.lessons)
        )
    WHERE entry.state = 'published';
END $$;

CREATE FUNCTION forum_search_add_entry_attachments(of_entry bigint, of_attachment bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO forum_searchdocument (source, language, entry_id, attachment_id, author_id, kind, dated_at, vector)
    SELECT 'attachment', split_part(entry.language, '-', 1), entry.id, attachment.id, entry.proposed_by_id,
        entry.entry_type, entry.published_at, forum_search_vector(entry.language, attachment.name, attachment.text)
    FROM forum_libraryentry AS entry JOIN forum_attachment AS attachment ON attachment.entry_id = entry.id
    WHERE entry.id = of_entry AND entry.state = 'published' AND attachment.id = coalesce(of_attachment, attachment.id);
END $$;

CREATE FUNCTION forum_search_entry_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM forum_searchdocument WHERE entry_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM forum_search_add_entry(NEW);
        PERFORM forum_search_add_entry_attachments(NEW.id, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER forum_entry_searched AFTER INSERT OR UPDATE OR DELETE ON forum_libraryentry
    FOR EACH ROW EXECUTE FUNCTION forum_search_entry_changed();

CREATE FUNCTION forum_search_attachment_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM forum_searchdocument WHERE post_id = OLD.post_id AND attachment_id = OLD.id;
        DELETE FROM forum_searchdocument WHERE entry_id = OLD.entry_id AND attachment_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM forum_search_add_parts(NEW.post_id, NULL, NEW.id);
        PERFORM forum_search_add_entry_attachments(NEW.entry_id, NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER forum_attachment_searched AFTER INSERT OR DELETE OR UPDATE OF post_id, entry_id, name, text
    ON forum_attachment FOR EACH ROW EXECUTE FUNCTION forum_search_attachment_changed();

CREATE FUNCTION forum_search_topic_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM forum_searchdocument WHERE topic_id = OLD.id;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    INSERT INTO forum_searchdocument (source, language, topic_id, author_id, kind, dated_at, vector)
    SELECT found.source, words.language, NEW.id, NEW.opened_by_id, NEW.kind, NEW.opens_at,
        forum_search_vector(words.language, words.title, found.body)
    FROM (
        VALUES
            ('en', NEW.title_en, NEW.objective_en, NEW.guiding_questions_en, NEW.synthesis_en),
            ('fr', NEW.title_fr, NEW.objective_fr, NEW.guiding_questions_fr, NEW.synthesis_fr),
            ('es', NEW.title_es, NEW.objective_es, NEW.guiding_questions_es, NEW.synthesis_es),
            ('ar', NEW.title_ar, NEW.objective_ar, NEW.guiding_questions_ar, NEW.synthesis_ar),
            ('ru', NEW.title_ru, NEW.objective_ru, NEW.guiding_questions_ru, NEW.synthesis_ru),
            ('zh', NEW.title_zh_hans, NEW.objective_zh_hans, NEW.guiding_questions_zh_hans, NEW.synthesis_zh_hans)
    ) AS words(language, title, objective, questions, synthesis),
    LATERAL (
        VALUES
            ('topic', words.title, concat_ws(E'\n\n', words.objective, words.questions)),
            ('synthesis', words.synthesis, words.synthesis)
    ) AS found(source, needed, body)
    WHERE found.needed <> '';
    RETURN NULL;
END $$;
CREATE TRIGGER forum_topic_searched AFTER INSERT OR UPDATE OR DELETE ON forum_topic
    FOR EACH ROW EXECUTE FUNCTION forum_search_topic_changed();
"""

BACKWARD = """
DROP TRIGGER forum_topic_searched ON forum_topic;
DROP TRIGGER forum_attachment_searched ON forum_attachment;
DROP TRIGGER forum_entry_searched ON forum_libraryentry;
DROP TRIGGER forum_translation_searched ON forum_posttranslation;
DROP TRIGGER forum_post_searched_anew ON forum_post;
DROP TRIGGER forum_post_searched ON forum_post;
DROP FUNCTION forum_search_topic_changed, forum_search_attachment_changed, forum_search_entry_changed,
    forum_search_add_entry_attachments, forum_search_add_entry, forum_search_translation_changed,
    forum_search_post_changed, forum_search_add_parts, forum_search_add_post, forum_search_text, forum_search_floor,
    forum_search_places, forum_search_without, forum_search_query, forum_search_asked, forum_search_vector, forum_search_stems,
    forum_search_dictionary, forum_search_folded, forum_search_pairs, forum_search_words;
"""


def _row_of(model):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [("forum", "0006_room_follows_hear_of_topics")]

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("synthesis", "Synthesis"),
                            ("topic", "Topic"),
                            ("post", "Post"),
                            ("translation", "Translation of a post"),
                            ("attachment", "Document"),
                            ("entry", "Entry of the library"),
                        ],
                        max_length=12,
                        verbose_name="source",
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("topic", _row_of("forum.topic")),
                ("discussion", _row_of("forum.discussion")),
                ("post", _row_of("forum.post")),
                ("translation", _row_of("forum.posttranslation")),
                ("attachment", _row_of("forum.attachment")),
                ("entry", _row_of("forum.libraryentry")),
                ("author", _row_of("accounts.user")),
                ("imported_author", _row_of("forum.importedauthor")),
                ("member_state", _row_of("accounts.memberstate")),
                ("kind", models.CharField(max_length=12, verbose_name="kind")),
                ("dated_at", models.DateTimeField(verbose_name="date")),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "verbose_name": "text that search finds",
                "verbose_name_plural": "texts that search finds",
                "indexes": [
                    *(
                        django.contrib.postgres.indexes.GinIndex(
                            condition=Q(language=language), fields=["vector"], name=f"search_words_{language}"
                        )
                        for language in LANGUAGES
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=~Q(language__in=LANGUAGES), fields=["vector"], name="search_words_other"
                    ),
                    *(
                        models.Index(
                            condition=Q(**{f"{name}__isnull": False}), fields=[name], name=f"search_by_{label}"
                        )
                        for name, label in (
                            ("post", "post"),
                            ("topic", "topic"),
                            ("entry", "entry"),
                            ("discussion", "discussion"),
                            ("member_state", "state"),
                            ("author", "author"),
                            ("imported_author", "imported"),
                        )
                    ),
                    models.Index(fields=["dated_at"], name="search_by_date"),
                    models.Index(condition=Q(discussion=None), fields=["source"], name="search_outside_discussions"),
                ],
            },
        ),
        migrations.RunSQL(WORDS + TRIGGERS, BACKWARD),
    ]
