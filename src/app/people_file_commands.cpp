#include "app/people_file_commands.hpp"

#include <string>
#include <string_view>

#include "app/command_options.hpp"

namespace caseweave {

namespace {

/// Adds what the commands on files alone have in common: which column is what, how the file is written, the model.
void add_file_options(CLI::App& command, FileOptions& options) {
    std::string fields;
    for (const std::string_view field : people_fields()) fields.append(fields.empty() ? "" : " ").append(field);
    // One value an option: what stands behind it may be a file.
    command
        .add_option("--columns", options.columns.columns,
                    "Which column holds which field: FIELD=COLUMN,FIELD=COLUMN. Without it, columns named as fields "
                    "are.\nFields: " +
                        fields)
        ->allow_extra_args(false)
        ->take_all();
    command
        .add_option("--null", options.columns.null_texts,
                    "Text that stands for no value, besides the empty field (may be given several times)")
        ->allow_extra_args(false)
        ->take_all();
    command.add_option("--separator", options.separator, "What stands between fields: one character, or tab")
        ->capture_default_str()
        ->transform([](const std::string& text) { return text == "tab" || text == "\\t" ? std::string("\t") : text; })
        ->check([](const std::string& text) {
            const bool usable = text.size() == 1 && std::string("\"\n\r").find(text) == std::string::npos;
            return usable ? std::string() : "a separator is one character";
        });
    command.add_option("--encoding", options.encoding, "How the file's text is written")
        ->capture_default_str()
        ->check(one_of({"utf-8", "windows-1252"}));
    command.add_option("--output", options.output, "File to write, - for standard output")->capture_default_str();
    command.add_option("--threads", options.threads, "Threads; the result is the same (default: all processors)");
    command.add_option(
        "--model", options.model,
        "Linkage model (default: for link and train the people model, trained on the records; for blocking the same, "
        "untrained; for score the one for children)");
    add_talk(command, options);
}

/// Adds what the commands on files of people share: the files, and which columns tell their records.
void add_people_files(CLI::App& command, PeopleFilesOptions& options) {
    command.add_option("files", options.files, "CSV files, each with a line of column names")->required();
    command.add_option("--id", options.columns.id, "Column with the record's id, unique in its file")->required();
    command
        .add_option("--also", options.columns.also,
                    "A further column to compare: COLUMN:exact, :text, :date or :number (may be given several times)")
        ->allow_extra_args(false)
        ->take_all();
}

void add_mode(CLI::App& command, PeopleFilesOptions& options) {
    command
        .add_option("--mode", options.mode,
                    "dedupe (within the files, taken as one), link (across files only, each of which lists a person "
                    "once) or both; by default dedupe for one file and both for several")
        ->check(one_of({"dedupe", "link", "both"}));
}

void add_training(CLI::App& command, LinkFilesOptions& options) {
    command.add_option("--seed", options.seed, "Seed of the random pairs that training takes")->capture_default_str();
}

}  // namespace

void add_train_command(CLI::App& app, LinkFilesOptions& options, std::function<ExitCode()>& run) {
    auto* command =
        app.add_subcommand("train", "Train a linkage model on CSV files of people, without knowing the truth");
    add_people_files(*command, options);
    add_training(*command, options);
    add_file_options(*command, options);
    command->footer(
        "Example:\n  caseweave train people.csv --id unique_id --output people_2026.toml \\\n"
        "      --columns given_name=first_name,family_name=surname,birth_date=dob\n"
        "  caseweave link people.csv --model people_2026.toml ...");
    command->callback([&options, &run] { run = [&options] { return run_train(options); }; });
}

void add_link_command(CLI::App& app, LinkFilesOptions& options, std::function<ExitCode()>& run) {
    auto* command = app.add_subcommand("link", "Find the records of one person in CSV files of people");
    add_people_files(*command, options);
    add_training(*command, options);
    add_mode(*command, options);
    command->add_option("--pairs-output", options.pairs_output,
                        "CSV to write every pair to that is a match or for review");
    command->add_flag("--train", options.train, "Train the model of --model on these files too; without --model it is");
    add_file_options(*command, options);
    command->footer(
        "Examples:\n  caseweave link people.csv --id unique_id --output clusters.csv \\\n"
        "      --columns given_name=first_name,family_name=surname,birth_date=dob,email=email\n"
        "  caseweave link a.csv b.csv --mode link --id rec_id --output clusters.csv \\\n"
        "      --columns full_name=name,birth_date=date_of_birth,postcode=postcode --null NA");
    command->callback([&options, &run] { run = [&options] { return run_link(options); }; });
}

void add_blocking_command(CLI::App& app, BlockingOptions& options, std::function<ExitCode()>& run) {
    auto* command = app.add_subcommand(
        "blocking", "Say what each blocking rule costs and finds: pairs, recall and blocks that are too large");
    add_people_files(*command, options);
    add_mode(*command, options);
    command->add_option("--truth", options.truth,
                        "CSV: [source,]id,entity; recall is then counted, and not estimated from the model");
    command->add_option("--format", options.format, "text or json")
        ->capture_default_str()
        ->check(one_of({"text", "json"}));
    add_file_options(*command, options);
    command->footer(
        "A pair counts for the first rule that makes it; \"alone\" is what a rule makes whatever stands before it.\n"
        "Without --truth recall is an estimate, relative to what all rules together find.\n"
        "Examples:\n  caseweave blocking people.csv --id unique_id \\\n"
        "      --columns given_name=first_name,family_name=surname,birth_date=dob\n"
        "  caseweave blocking a.csv b.csv --mode link --id rec_id --model my_rules.toml --truth truth.csv");
    command->callback([&options, &run] { run = [&options] { return run_blocking(options); }; });
}

void add_score_command(CLI::App& app, ScoreOptions& options, std::function<ExitCode()>& run) {
    auto* command =
        app.add_subcommand("score", "Say of pairs of records in a CSV file whether each is one person, and why");
    command
        ->add_option("--pairs", options.pairs,
                     "CSV with the columns of one record as left_NAME, of the other as right_NAME")
        ->required();
    command
        ->add_option(
            "--prior", options.prior,
            "Probability, before comparing, that a pair is one person. By default the model's own, which takes "
            "the two as drawn at random from a population (with the model that ships, of 10,000 records: "
            "0.0003). Raise it for pairs that were already chosen because they look alike")
        ->check([](const std::string& text) {
            const double prior = std::strtod(text.c_str(), nullptr);
            return prior > 0 && prior < 1 ? std::string() : "a probability lies between 0 and 1";
        });
    add_file_options(*command, options);
    command->footer(
        "The output has the file's other columns, then outcome (match, review or different), weight_bits, probability "
        "and\n"
        "reasons. Each pair is judged as if there were no other.\n"
        "Examples:\n  caseweave score --pairs pairs.csv --output scored.csv\n"
        "  caseweave score --pairs pairs.csv --columns given_name=first_name,birth_date=dob   (left_first_name, "
        "right_first_name ...)");
    command->callback([&options, &run] { run = [&options] { return run_score(options); }; });
}

void add_evaluate_command(CLI::App& app, EvaluateOptions& options, std::function<ExitCode()>& run) {
    auto* command = app.add_subcommand(
        "evaluate",
        "Compare clusters with the truth: precision, recall and F1 of pairs and B-cubed, clusters that match exactly");
    command->add_option("--clusters", options.clusters, "CSV as caseweave link writes it: [source,]id,cluster")
        ->required();
    command->add_option("--truth", options.truth, "CSV: [source,]id,entity and any columns for --by")->required();
    auto* by =
        command
            ->add_option(
                "--by", options.by,
                "Columns to report groups by: COLUMN,COLUMN; of the truth file, or of --groups. A pair belongs to a "
                "group when either record has the value: a pair of two groups counts in both. Records, and B-cubed, "
                "belong to one. Groups with few pairs are marked")
            ->delimiter(',')
            ->allow_extra_args(false)
            ->take_all();
    command
        ->add_option("--groups", options.groups,
                     "CSV: [source,]id and the columns for --by, where the truth file does not have them")
        ->needs(by);
    command->add_flag("--pairs-across-sources", options.across_sources,
                      "Count only pairs of records of different sources (as link --mode link finds them); B-cubed and "
                      "clusters stay as they are");
    command->add_option("--json", options.json, "Also write all figures as JSON (- for standard output instead)");
    add_talk(*command, options);
    command->footer(
        "Records that only one file has are taken out of the figures and counted.\n"
        "Examples:\n  caseweave evaluate --clusters clusters.csv --truth truth.csv\n"
        "  caseweave evaluate --clusters clusters.csv --truth truth.csv --by ethnicity,sex --json figures.json\n"
        "  caseweave evaluate --clusters clusters.csv --truth truth.csv --by age_band --groups people.csv\n"
        "  caseweave evaluate --clusters clusters.csv --truth truth.csv --pairs-across-sources");
    command->callback([&options, &run] { run = [&options] { return run_evaluate(options); }; });
}

void add_sample_command(CLI::App& app, SampleOptions& options, std::function<ExitCode()>& run) {
    auto* command = app.add_subcommand(
        "sample-for-review", "Draw a random sample of scored pairs for people to review, more where the doubt is");
    command->add_option("--pairs", options.pairs, "CSV of pairs as caseweave link --pairs-output writes it")
        ->required();
    command->add_option("--size", options.size, "Pairs to sample")->required()->check(CLI::PositiveNumber);
    command->add_option("--seed", options.seed, "Seed of the draw; the same pairs are drawn in any order of rows")
        ->capture_default_str();
    command->add_option("--output", options.output, "CSV to write, - for standard output")->capture_default_str();
    add_talk(*command, options);
    command->footer(
        "Strata are outcome and band of probability; their sizes and sampling weights stand in the sample. Look the "
        "two "
        "records of\n"
        "each row up, fill the column verdict with same, different or unsure, leave every row in; then: caseweave "
        "estimate.\n"
        "Example:\n  caseweave sample-for-review --pairs pairs.csv --size 400 --seed 7 --output sample.csv");
    command->callback([&options, &run] { run = [&options] { return run_sample_for_review(options); }; });
}

void add_estimate_command(CLI::App& app, EstimateOptions& options, std::function<ExitCode()>& run) {
    auto* command =
        app.add_subcommand("estimate", "Estimate precision, and recall among the pairs found, from a reviewed sample");
    command->add_option("--sample", options.sample, "CSV of caseweave sample-for-review with verdicts filled in")
        ->required();
    command->add_option("--pairs", options.pairs,
                        "The pairs it was drawn from: checks that the sample is one of this file and not of another");
    command->add_option("--json", options.json, "Also write all figures as JSON (- for standard output instead)");
    add_talk(*command, options);
    command->footer(
        "Unsure verdicts make bounds: they are taken for what makes a figure lowest, then for what makes it highest.\n"
        "Intervals are of 95 % and hold both. The recall is that among the pairs of the file sampled from: "
        "true "
        "pairs\n"
        "that blocking never brought together, or that scored below what --pairs-output writes, are beyond it.\n"
        "Examples:\n  caseweave estimate --sample sample.csv\n"
        "  caseweave estimate --sample sample.csv --pairs pairs.csv --json estimates.json");
    command->callback([&options, &run] { run = [&options] { return run_estimate(options); }; });
}

}  // namespace caseweave
