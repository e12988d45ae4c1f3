#include "describe_schemas/settings_keys.hpp"

#include <array>
#include <deque>
#include <span>
#include <string>
#include <utility>

namespace caseweave {

const KeyDescriptions& job_keys() {
    static const KeyDescriptions keys = {
        {"job", "What the job is and how it runs."},
        {"job.name", "Name of the job, in reports."},
        {"job.accept_test_numbers", "Whether NHS numbers of the test range count as valid: demonstrations only."},
        {"job.on_source_failure",
         "What a source does that fails its checks before loading, or fails while it is read: stop ends the run, "
         "continue loads the others."},
        {"job.threads", "Threads to work with; 0 = as many as the machine has."},
        {"job.linkage_model", "Model of the linkage, relative to this file; the one that ships when left out."},
        {"job.retention", "How long records are kept, relative to this file; what ships when left out."},
        {"job.survivorship", "Rules of survivorship, relative to this file; the ones that ship when left out."},
        {"quality", "What reconcile asks of the consolidated record."},
        {"quality.rules", "Quality rules, relative to this file; the ones that ship when left out."},
        {"nightly", "What a nightly run does."},
        {"nightly.overlap_days",
         "Days before an entity's last watermark from which it is read again: rows that were committed late."},
        {"nightly.whole_reading_days",
         "Days after which an entity that keeps a watermark is read whole again, which alone shows what is gone; 0 = "
         "every night."},
        {"nightly.largest_deletion",
         "Share of an entity's rows that may be gone from its source in one night, from 0 to 1: more (and more than "
         "20), and the run "
         "changes nothing, because the export may have been cut short."},
        {"target", "The database to load into; left out, a private cluster."},
        {"target.private_cluster", "Whether the program runs a cluster of its own under the state folder."},
        {"target.service", "An entry of pg_service.conf."},
        {"target.connection", "Keywords of libpq, without a password."},
        {"target.password_file", "A file that holds the password alone; only its owner may read it."},
        {"target.password_credential",
         "Name of a credential that the service manager passes (LoadCredential=); it holds the password alone."},
        {"target.connect_timeout_seconds", "How long the target may take to let the program in, 10 unless told."},
        {"target.answer_timeout_seconds",
         "Silence, 120 unless told, after which the target is asked over another connection whether it is still at "
         "work; "
         "where it is not, the run ends. A lock that another session holds is waited for half as long."},
        {"on_failure", "What to start when a run ends with exit code 1, 2, 4 or 75."},
        {"on_failure.command", "The program's whole path, then its arguments; no shell reads it."},
        {"on_failure.time_limit_seconds", "It is ended after so many seconds."},
        {"system", "The systems to read."},
        {"system.*", "A system, by the name of its folder in connectors/."},
        {"system.*.owner",
         "Who mends the system's rows in quarantine and what quality rules find there; left out, the system's title."},
        {"system.*.input", "File or folder given by --input NAME=PATH; empty leaves the system out."},
        {"system.*.year", "Year of a statutory return: decides which codes hold; 0 = any."},
        {"system.*.transport", "How the system is reached: options of its connector's transport."},
        {"system.*.secrets", "Where secrets are found; they never stand in a job file."},
        {"system.*.secrets.*",
         "NAME_file: a file that holds the secret; NAME_env: an environment variable; NAME_credential: a "
         "credential that the service manager passes (LoadCredential=)."},
    };
    return keys;
}

const KeyDescriptions& connector_keys() {
    static const KeyDescriptions keys = {
        {"name", "The folder's name."},
        {"title", "The system in words."},
        {"supplier", "Who supplies the system."},
        {"service_area", "Whose readers may see its rows."},
        {"version", "Version of this mapping."},
        {"transport", "How bytes arrive."},
        {"format", "How bytes become rows; left out for databases."},
        {"dates", "Accepted date forms, tried in order: %Y %m %d %H %M %S %b."},
        {"null_texts", "Texts that mean NULL, besides a real one."},
        {"transport_settings", "The transport's options; a job's [system.NAME.transport] overrides them."},
        {"format_settings", "The format's options."},
        {"entity", "What is read, in load order: people first, parents before children."},
        {"entity.name", "Name, unique in the connector."},
        {"entity.query", "Databases: a file of queries/."},
        {"entity.resource", "Files: a glob under the drop folder; https: a path."},
        {"entity.record",
         "xml: path of the record element; json: pointer to the records; xlsx: sheet; delimited with "
         "record types: the type."},
        {"entity.columns",
         "Every column the mapping relies on, in the source's order; for xml and json each with its "
         "path, for fixed width each with start and width."},
        {"entity.columns.*", "Path of the column from the record, or [start, width] counted from 1."},
        {"entity.optional_columns", "Columns that may be missing in a source."},
        {"entity.key", "Columns of the natural key."},
        {"entity.ordered_by_key", "Whether rows come in byte order of the key."},
        {"entity.person_key", "Column with the key of the person the row speaks of."},
        {"entity.person_from", "first: only the first row of the connector that speaks of a person makes it."},
        {"entity.parent", "Entity above this one that the rows belong to."},
        {"entity.parent_key", "Columns that name the row's parent."},
        {"entity.watermark", "Column that grows with each change."},
        {"entity.ignored", "Columns left out of the mapping on purpose; kept in extras, not reported."},
        {"entity.exclude", "Rows left out by rule: any condition that holds excludes."},
        {"entity.exclude.column", "Column that is looked at, or columns of which the first that has a value is."},
        {"entity.exclude.equals", "Its text is one of these, ASCII case ignored; \"\" is no value."},
        {"entity.exclude.not_equals", "Its text is none of these."},
        {"entity.exclude.not_null", "It has a value."},
        {"entity.exclude_reason", "Why those rows are left out."},
        {"entity.emit", "What a source row becomes; it may become several canonical rows."},
        {"entity.emit.to", "Canonical entity of schemas/canonical."},
        {"entity.emit.when", "Conditions that all have to hold; none = always."},
        {"entity.emit.when.column", "Column that is looked at, or columns of which the first that has a value is."},
        {"entity.emit.when.equals", "Its text is one of these, ASCII case ignored; \"\" is no value."},
        {"entity.emit.when.not_equals", "Its text is none of these."},
        {"entity.emit.when.not_null", "It has a value."},
        {"entity.emit.person_key", "Column with the person's key, instead of the entity's."},
        {"entity.emit.fields", "Canonical fields and where their values come from."},
        {"entity.emit.fields.*", "A column, or a table that says more."},
        {"entity.emit.fields.*.column", "Column, or columns of which the first that has a value counts."},
        {"entity.emit.fields.*.columns", "Columns that make one value together."},
        {"entity.emit.fields.*.combine",
         "first: the first that has a value; join: with a blank between; date_parts: "
         "day, month, year."},
        {"entity.emit.fields.*.part", "Part of a full name that is taken."},
        {"entity.emit.fields.*.foreign", "Whether other countries' postcodes and telephone numbers are kept."},
        {"entity.emit.fields.*.codes", "List of the connector's codes/ that maps source codes to canonical ones."},
        {"entity.emit.fields.*.dates", "Accepted date forms, instead of the connector's."},
        {"entity.emit.fields.*.constant", "The value itself, for every row."},
        {"entity.emit.fields.*.estimated", "Column that says whether the date is estimated."},
        {"entity.emit.fields.*.status", "Column with the issuer or state of the value."},
    };
    return keys;
}

const KeyDescriptions& survivorship_keys() {
    static const KeyDescriptions keys = {
        {"default", "What holds for fields that say nothing else."},
        {"default.rules", "Rules, tried in order until one value is left."},
        {"default.systems", "For trusted_system: most trusted first."},
        {"field", "What single fields of the person record say instead."},
        {"field.*", "A field of schemas/canonical/person.toml."},
        {"field.*.rules", "Rules, tried in order until one value is left; left out, the default's."},
        {"field.*.systems", "For trusted_system: most trusted first; left out, the default's."},
    };
    return keys;
}

namespace {

/// Places of a rule where conditions stand; they read the same in each.
constexpr std::array<std::string_view, 4> kQualityConditions = {"rule.where", "rule.never", "rule.where.where",
                                                                "rule.never.where"};
constexpr std::array<std::string_view, 1> kRetentionConditions = {"rule.where"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kConditionKeys = {{
    {"field", "A field of the row, or golden.FIELD of the golden record of its person."},
    {"is", "It has one of these values."},
    {"is_not", "It has none of these values."},
    {"missing", "Whether it has no value."},
    {"matches", "A regular expression that its text matches."},
    {"not_matching", "A regular expression that its text does not match."},
    {"before", "It lies before this date: a field, 2026-03-31, today, year_start or year_end, with days: today-30."},
    {"after", "It lies after this date."},
    {"age_from", "It lies so many whole years back or more."},
    {"age_to", "It lies so many whole years back or fewer."},
    {"has", "The row's person has a row of this entity."},
    {"has_no", "The row's person has no row of this entity."},
}};

KeyDescriptions with_conditions(std::span<const std::string_view> places, KeyDescriptions keys) {
    static std::deque<std::string> paths;  // what the keys are views of
    for (const std::string_view place : places) {
        for (const auto& [key, description] : kConditionKeys)
            keys.emplace(paths.emplace_back(std::string(place) + "." + std::string(key)), description);
    }
    return keys;
}

}  // namespace

const KeyDescriptions& quality_rules_keys() {
    static const KeyDescriptions keys = with_conditions(
        kQualityConditions,
        {
            {"version", "Version of the rules."},
            {"rule", "What is asked of the consolidated record."},
            {"rule.id", "Names the rule from run to run: a-z, 0-9 and _."},
            {"rule.title", "What is wrong with what it finds; of a statutory rule, the official message."},
            {"rule.advice", "What to do about it."},
            {"rule.severity", "How much it matters; info is counted and fails nothing."},
            {"rule.owner", "Who mends what it finds; left out, the owner of each row's system."},
            {"rule.return", "Of a statutory rule: the return and its year."},
            {"rule.code", "Of a statutory rule: its number there."},
            {"rule.limit_count", "It fails where more rows break it; 0 where neither limit is given."},
            {"rule.limit_share", "It fails where a larger share of the rows checked breaks it, from 0 to 1."},
            {"rule.kind", "What it asks of the rows; says which keys it takes."},
            {"rule.entity", "Whose rows it checks."},
            {"rule.where", "Which of them: all of these hold."},
            {"rule.where.where", "Which rows of that entity."},
            {"rule.never", "forbidden: what must not all hold."},
            {"rule.never.where", "Which rows of that entity."},
            {"rule.fields", "completeness and uniqueness: the fields."},
            {"rule.field", "The field that is held against the rule."},
            {"rule.need", "completeness: whether all fields, any or exactly one must have a value."},
            {"rule.rules", "validity: by which rules a value was set aside; any when left out."},
            {"rule.given", "validity: a regular expression that the value set aside matches; any when left out."},
            {"rule.of", "uniqueness: whether two people or two rows may not share the values."},
            {"rule.within", "uniqueness: whether rows of all systems count or those of the same."},
            {"rule.not_before", "range: the earliest date, as of a condition."},
            {"rule.not_after", "range: the latest date."},
            {"rule.between", "agreement: whether records of different systems are compared, or any two of one person."},
            {"rule.differ_in", "overlap: rows that differ in this field may not hold at the same time."},
            {"rule.start", "overlap: from when a row holds; start_date when left out."},
            {"rule.end", "overlap: until when; end_date when left out."},
            {"rule.days", "freshness: the age in days that the newest row of a system may have."},
        });
    return keys;
}

const KeyDescriptions& retention_keys() {
    static const KeyDescriptions keys = with_conditions(
        kRetentionConditions,
        {
            {"version", "Version of the rules."},
            {"rule", "What keeps a person's record, and how long."},
            {"rule.id", "Names the rule in the record: a-z, 0-9 and _."},
            {"rule.title", "Whose records it keeps."},
            {"rule.authority", "Whether law, guidance or the council itself says so."},
            {"rule.source", "The law, guidance or policy in words."},
            {"rule.entity", "Whoever has a row of this entity falls under the rule."},
            {"rule.where", "Which rows of it: all of these hold. Of the row's own fields, without today and ages."},
            {"rule.persons", "Key fields of the entity whose persons fall under the rule too."},
            {"rule.records", "SYSTEM:ID of records whose persons fall under the rule, instead of entity."},
            {"rule.hold", "Kept whatever the date, until the rule or the record is taken out."},
            {"rule.years", "Whole years that the record is kept."},
            {"rule.from", "What they are counted from: birth, death, or a date of the entity, the latest of its rows."},
            {"rule.died_under", "Of a rule from birth: who dies before this age is kept years_from_death instead."},
            {"rule.years_from_death", "Whole years from the death of whoever died under that age."},
        });
    return keys;
}

const KeyDescriptions& linkage_model_keys() {
    static const KeyDescriptions keys = {
        {"name", "Name of the model, in reports."},
        {"version", "Version of the model."},
        {"description", "What it was made for."},
        {"extends", "A model of the same folder that says what this one does not."},
        {"training", "What a trained model says of its training; nothing depends on it."},
        {"address", "How addresses are compared."},
        {"address.separate_parts", "Whether street and town are comparisons of their own beside the postcode."},
        {"thresholds", "From which probability on a pair is one person."},
        {"thresholds.match", "At or above: one person."},
        {"thresholds.review", "At or above: a reviewer decides."},
        {"prior", "What is expected of a record before anything is compared."},
        {"prior.partners", "Other records of the same person that a record has on average."},
        {"prior.relatives", "Records of brothers and sisters beside it on average."},
        {"prior.twins", "Records of a twin beside it on average."},
        {"prior.population_floor", "A file smaller than this is taken as part of one this large."},
        {"term_frequency", "How much rarer values weigh more."},
        {"term_frequency.prior_people",
         "People of average names mixed in, so that a small file does not make every "
         "name rare."},
        {"clustering", "When linked records make one person."},
        {"clustering.coherence_floor_bits", "Mean weight between two clusters' records below which they do not merge."},
        {"clustering.weak_bridge_bits", "A link this close above match does not join two corroborated clusters alone."},
        {"clustering.ambiguity_bits", "Two barred partners nearer than this in weight: the record goes to review."},
        {"clustering.seal_margin_bits", "How much nearer one side of a seal must be for an unflagged copy to join it."},
        {"clustering.birth_dates_apart_days", "Birth dates further apart than this are not one person's."},
        {"clustering.numbers_apart",
         "Authorities whose numbers differ, with none shared, that part two persons; one less where no birth date "
         "known to the day agrees. 0 = none."},
        {"clustering.max_records", "Records one person may have."},
        {"clustering.multiple_births", "Whether children of one birth are told apart by bars of their own."},
        {"clustering.multiple_births_from",
         "Training leaves those bars on only where it finds so many twins' records beside a record."},
        {"comparison", "What two records are compared by; all of them, once each, unless the model extends another."},
        {"comparison.name", "Name of the comparison."},
        {"comparison.label", "Words for an explanation."},
        {"comparison.level", "Its levels, closest first; all of them, in order."},
        {"comparison.level.name", "Name of the level."},
        {"comparison.level.label", "Words for an explanation."},
        {"comparison.level.m", "Probability of the level between two records of one person."},
        {"comparison.level.unrelated", "Probability of the level between records of two unrelated people."},
        {"comparison.level.relative", "Probability of the level between records of two people of one family."},
        {"comparison.level.twin", "Probability of the level between records of twins."},
        {"comparison.level.term_frequency", "Whether a rare value weighs more and a common one less."},
        {"comparison.level.m_pairs", "Trained models: pairs of one person seen at the level; 0 = never observed."},
        {"comparison.level.u_pairs", "Trained models: random pairs seen at the level; 0 = never observed."},
        {"further_comparison", "Columns beside the person record that are compared too."},
        {"further_comparison.column", "Name of the column."},
        {"further_comparison.kind", "How its values are compared."},
        {"further_comparison.label", "Words for an explanation; the column's name when left out."},
        {"further_comparison.thresholds",
         "Falling similarities for jaro_winkler, rising edits for damerau_levenshtein, rising relative distances for "
         "number."},
        {"further_comparison.level", "Its levels, closest first; left out, the kind's own."},
        {"further_comparison.level.name", "exact, then one for each threshold, then different."},
        {"further_comparison.level.label", "Words for an explanation."},
        {"further_comparison.level.m", "Probability of the level between two records of one person."},
        {"further_comparison.level.unrelated", "Probability of the level between records of two unrelated people."},
        {"further_comparison.level.relative", "The same of two people of one family; as unrelated when left out."},
        {"further_comparison.level.twin", "The same of twins; as unrelated when left out."},
        {"further_comparison.level.term_frequency", "Whether a rare value weighs more and a common one less."},
        {"further_comparison.level.m_pairs", "As for other comparisons."},
        {"further_comparison.level.u_pairs", "As for other comparisons."},
        {"blocking_rule", "Which pairs are worth scoring: those that agree on every part of a rule's key."},
        {"blocking_rule.name", "Name of the rule, in reports."},
        {"blocking_rule.key", "Parts of the key."},
        {"blocking_rule.max_block", "Largest block whose pairs are made as they are."},
        {"blocking_rule.refine", "Parts that a larger block is split by, each on its own."},
    };
    return keys;
}

const KeyDescriptions& canonical_entity_keys() {
    static const KeyDescriptions keys = {
        {"name", "What a connector writes after `to =`; the file's name."},
        {"table", "Table name; the entity's name when left out."},
        {"schema", "Schema of the table; integrated when left out."},
        {"pass", "people: needed to link; cases: streams afterwards."},
        {"subject",
         "Whom a row speaks of: child: column child_id; adult or person: column person_id; none: no person."},
        {"version", "Version of the entity."},
        {"description", "What a row is."},
        {"field", "The fields, in the order of the table's columns."},
        {"field.name", "Name of the field and its column."},
        {"field.type", "How a source's text is normalised and how the target stores it."},
        {"field.code_list", "For type code: a list of codes/."},
        {"field.sensitivity", "ordinary; personal; special: health, ethnicity, offences."},
        {"field.discloses",
         "What a restriction hides: address, phone, email or nothing; a postcode, uprn, phone or email by its type."},
        {"field.description", "What the value is."},
        {"field.ssd", "Table and column of the Standard Safeguarding Dataset, where it has the field."},
        {"field.dfe", "Statutory item, where one exists."},
    };
    return keys;
}

}  // namespace caseweave
