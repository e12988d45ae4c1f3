#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <new>
#include <system_error>

#include "app/commands.hpp"
#include "core/allocator.hpp"
#include "core/log.hpp"
#include "pipeline/shutdown.hpp"
#include "settings/toml_table.hpp"

namespace {

using namespace caseweave;

/// Core dumps would hold children's data.
void forbid_core_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

/// Says what ended the command.
void tell_failure(const std::string& message) {
    if (log::format() == log::LineFormat::json)
        log::error("{}", message);
    else
        std::cerr << "caseweave: " << message << '\n';
}

void add_talk(CLI::App& command, TalkOptions& options) {
    command.add_flag("--verbose", options.verbose, "Say more");
    command.add_flag("--quiet", options.quiet, "No progress");
}

void add_common(CLI::App& command, CommonOptions& options) {
    command.add_option("--state", options.state, "Folder for the cluster, runs and reports")->capture_default_str();
    add_talk(command, options);
}

/// Adds what the commands have that a schedule starts.
void add_metrics(CLI::App& command, JobOptions& options) {
    command.add_option("--metrics", options.metrics,
                       "File to write at the end, however it ends: OpenMetrics text for node_exporter's textfile "
                       "collector (*.prom)");
}

void add_job(CLI::App& command, JobOptions& options, bool required) {
    auto* job = command.add_option("--job", options.job, "Job file (config/*.toml)");
    if (required) job->required();
    command
        .add_option_function<std::vector<std::string>>(
            "--input",
            [&options](const std::vector<std::string>& inputs) {
                for (const std::string& input : inputs) {
                    const std::size_t equals = input.find('=');
                    if (equals == std::string::npos || equals == 0)
                        throw CLI::ValidationError("--input", "takes NAME=PATH, not " + input);
                    options.inputs[input.substr(0, equals)] = input.substr(equals + 1);
                }
            },
            "File or folder of a system that takes one: NAME=PATH (may be given several times)")
        ->take_all();
}

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
        ->check(CLI::IsMember({"utf-8", "windows-1252"}));
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
        ->check(CLI::IsMember({"dedupe", "link", "both"}));
}

void add_training(CLI::App& command, LinkFilesOptions& options) {
    command.add_option("--seed", options.seed, "Seed of the random pairs that training takes")->capture_default_str();
}

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
        ->check(CLI::IsMember({"text", "json"}));
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

/// Adds what the parser itself does not say: the nearest command for a typo.
std::string suggestion_for(const std::vector<std::string>& arguments, const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    for (const std::string& argument : arguments) {
        if (argument.starts_with('-')) continue;
        if (std::find(names.begin(), names.end(), argument) != names.end()) return {};
        const std::string nearest = nearest_word(argument, names);
        return nearest.empty() ? std::string() : "Did you mean \"" + nearest + "\"?";
    }
    return {};
}

std::string option_suggestion(const CLI::App& app, const std::string& wrong) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands()) {
        for (const CLI::Option* option : command->get_options()) names.push_back(option->get_name());
    }
    const std::string nearest = nearest_word(wrong.substr(0, wrong.find('=')), names);
    return nearest.empty() ? std::string() : "Did you mean " + nearest + "?";
}

/// Holds the options of the commands by which reviewers decide whose a record is.
struct ReviewCommands {
    ReviewListOptions list;
    ReviewShowOptions show;
    DecideOptions decide, withdraw, unmerge;
    bool verbose() const {
        return list.verbose || show.verbose || decide.verbose || withdraw.verbose || unmerge.verbose;
    }
};

CLI::Option* add_role(CLI::App& command, std::string& role) {
    return command
        .add_option("--as", role, "social_care, education, youth_justice, data_quality, restricted or sealed")
        ->capture_default_str();
}

/// Adds what every command has that changes whose a record is.
void add_deciding(CLI::App& command, DecideOptions& options) {
    command.add_option("--reviewer", options.reviewer, "Who decides; kept for good")->required();
    command.add_option("--reason", options.reason, "Why; kept for good")->required();
    command.add_flag("--apply", options.apply, "Do it; without, say only what would happen");
    command.add_option("--as", options.role, "data_quality, restricted or sealed")->capture_default_str();
    command.add_option("--threads", options.threads, "Threads; the result is the same (default: all processors)");
    add_common(command, options);
}

/// Holds the options of the commands on runs and on what they put aside.
struct RunCommands {
    RunsOptions runs;
    QuarantineOptions list, show, rows;
    bool verbose() const { return runs.verbose || list.verbose || show.verbose || rows.verbose; }
};

void add_runs_commands(CLI::App& app, RunsOptions& options, std::function<ExitCode()>& run) {
    const auto add_format = [&options](CLI::App& command) {
        command.add_option("--format", options.format, "text or json")
            ->capture_default_str()
            ->check(CLI::IsMember({"text", "json"}));
        add_common(command, options);
    };
    auto* runs = app.add_subcommand("runs", "List the runs of a target; show one, or compare two side by side");
    runs->require_subcommand(0, 1);
    add_format(*runs);
    runs->footer(
        "Counts only: no name, key or value.\n"
        "Examples:\n  caseweave runs\n  caseweave runs show 3\n  caseweave runs compare 3 7 --format json\n"
        "  caseweave runs compare 1 1 --state first_trial --other-state second_trial");
    runs->callback([&options, &run, runs] {
        if (runs->get_subcommands().empty()) run = [&options] { return run_runs(options); };
    });

    auto* show = runs->add_subcommand(
        "show", "All of one run: balance, phases, identity, what was put aside, where its report lies");
    show->add_option("run", options.first, "Number of the run")->required();
    add_format(*show);
    show->footer("Example:\n  caseweave runs show 3 --format json");
    show->callback([&options, &run] { run = [&options] { return run_runs_show(options); }; });

    auto* compare = runs->add_subcommand(
        "compare", "Two trial loads or nights side by side: new, gone, more, fewer, better, worse");
    compare->add_option("first", options.first, "Number of the earlier run")->required();
    compare->add_option("second", options.second, "Number of the later run")->required();
    compare->add_option("--other-state", options.other_state,
                        "State folder of the second run, where it has a target of its own");
    add_format(*compare);
    compare->footer(
        "Fewer quarantined rows, field issues and pairs for review are better.\n"
        "Examples:\n  caseweave runs compare 3 7\n"
        "  caseweave runs compare 1 1 --state first_trial --other-state second_trial");
    compare->callback([&options, &run] { run = [&options] { return run_runs_compare(options); }; });
}

void add_quarantine_commands(CLI::App& app, RunCommands& options, std::function<ExitCode()>& run) {
    const auto add_filter = [](CLI::App& command, QuarantineFilter& filter) {
        command.add_option("--system", filter.system, "Only rows of this system");
        command.add_option("--entity", filter.entity, "Only rows of this source entity");
        command.add_option("--reason", filter.reason, "Only rows for this reason, as the list names them");
        command.add_option("--owner", filter.owner, "Only rows that this owner mends");
        command.add_option("--run", filter.run, "Only rows of this run");
    };
    const auto add_purpose = [](CLI::App& command, QuarantineOptions& quarantine) {
        command.add_option("--purpose", quarantine.purpose, "Why you look; written to the access log")->required();
    };
    const auto finish = [](CLI::App& command, QuarantineOptions& quarantine) {
        add_role(command, quarantine.role);
        add_common(command, quarantine);
    };
    auto* quarantine =
        app.add_subcommand("quarantine", "Rows that could not be placed: count them, look at one, hand them to owners");
    quarantine->require_subcommand(1);

    auto* list = quarantine->add_subcommand("list", "Count the rows by system, entity, reason and owner");
    add_filter(*list, options.list.filter);
    finish(*list, options.list);
    list->footer("Examples:\n  caseweave quarantine list\n  caseweave quarantine list --system education --run 3");
    list->callback([&options, &run] { run = [&options] { return run_quarantine_list(options.list); }; });

    auto* show = quarantine->add_subcommand("show", "Show one row as it was read, why it is here and what to do");
    show->add_option("row", options.show.number, "Number of the row, as list and export give it")->required();
    add_purpose(*show, options.show);
    finish(*show, options.show);
    show->footer("Example:\n  caseweave quarantine show 12 --purpose \"mending the admissions file\"");
    show->callback([&options, &run] { run = [&options] { return run_quarantine_show(options.show); }; });

    auto* rows = quarantine->add_subcommand(
        "export", "Write where the rows stand and what to do, for those who mend them; not what the rows say");
    rows->add_option("--output", options.rows.output,
                     "File to write: .csv with the owner in the first column (- for standard output), or .xlsx with a "
                     "sheet an owner")
        ->required();
    add_filter(*rows, options.rows.filter);
    add_purpose(*rows, options.rows);
    finish(*rows, options.rows);
    rows->footer(
        "Examples:\n  caseweave quarantine export --output quarantine.xlsx --purpose \"weekly list to owners\"\n"
        "  caseweave quarantine export --output schools.csv --owner \"Education data team\" --purpose \"weekly list\"");
    rows->callback([&options, &run] { run = [&options] { return run_quarantine_export(options.rows); }; });
}

/// Holds the options of the commands on signed packs.
struct PackCommands {
    PackOptions pack;
    PackKeyOptions key;
    VerifyOptions verify;
};

void add_pack_commands(CLI::App& app, PackCommands& options, std::function<ExitCode()>& run) {
    auto* pack = app.add_subcommand(
        "pack",
        "Make the signed reconciliation pack: mapping, counts, control and hash totals, decisions, quarantine, "
        "open questions");
    pack->add_option("--key", options.pack.key, "Ed25519 private key to sign with (PEM; see pack-key)")->required();
    pack->add_option("--out", options.pack.folder, "Folder to make; it must not exist")->required();
    pack->add_option("--purpose", options.pack.purpose, "Why it is made; written to the access log")->required();
    pack->add_option("--as", options.pack.role, "data_quality, restricted or sealed")->capture_default_str();
    pack->add_option("--digest-key", options.pack.digest_key,
                     "File with the secret that digests are keyed with: 64 hexadecimal digits (default: digest.key of "
                     "the state folder, made where there is none)");
    pack->add_flag("--pdf", options.pack.pdf, "Also print the page to pack.pdf, with chromium or weasyprint of PATH");
    add_common(*pack, options.pack);
    pack->footer(
        "Ends with 4, the pack made, where the target does not balance.\n"
        "Example:\n  caseweave pack --key signing.pem --out pack_2026-11 --purpose \"sign-off of trial load 2\"");
    pack->callback([&options, &run] { run = [&options] { return run_pack(options.pack); }; });

    auto* key = app.add_subcommand("pack-key", "Make an Ed25519 key to sign packs with");
    key->add_option("--out", options.key.output,
                    "File for the private key (mode 0600, never written over); the public key goes beside it as .pub")
        ->required();
    key->footer("Example:\n  caseweave pack-key --out signing.pem");
    key->callback([&options, &run] { run = [&options] { return run_pack_key(options.key); }; });

    auto* verify = app.add_subcommand(
        "verify", "Check a pack's signature and files, without network and database; changes nothing");
    verify->add_option("pack", options.verify.folder, "Folder of the pack")->required();
    verify->add_option("--public-key", options.verify.public_key,
                       "The signer's public key (PEM), from elsewhere than the pack; without it only that the files "
                       "belong together is proved, not who signed them");
    verify->footer(
        "Exit codes: 0 the pack is as it was signed, 1 it is not, 2 no such folder or key.\n"
        "Example:\n  caseweave verify pack_2026-11 --public-key signing.pem.pub");
    verify->callback([&options, &run] { run = [&options] { return run_verify(options.verify); }; });
}

void add_review_commands(CLI::App& app, ReviewCommands& options, std::function<ExitCode()>& run) {
    auto* review = app.add_subcommand(
        "review", "List, show and decide the pairs of records of which linking is not sure: same person or not");
    review->require_subcommand(1);

    auto* list = review->add_subcommand("list", "List the pairs that wait for a reviewer, strongest first");
    list->add_option("--limit", options.list.limit, "Lines to show")->capture_default_str();
    list->add_option("--reason", options.list.reason, "Only pairs for this reason, as the list names them");
    list->add_flag("--all", options.list.all, "Answered pairs too; with --decided, ended decisions too");
    list->add_flag("--decided", options.list.decided, "List decisions instead of pairs");
    list->add_option("--output", options.list.output,
                     "Write all of it to this CSV file instead (- for standard output)");
    add_role(*list, options.list.role);
    add_common(*list, options.list);
    list->footer(
        "Examples:\n  caseweave review list --reason permanent_upn_conflict\n"
        "  caseweave review list --decided --all --output decisions.csv");
    list->callback([&options, &run] { run = [&options] { return run_review_list(options.list); }; });

    auto* show = review->add_subcommand("show", "Show two records side by side, and what speaks for one person or two");
    show->add_option("pair", options.show.pair, "Number of the pair in review list, or SYSTEM:ID SYSTEM:ID")
        ->required()
        ->expected(1, 2);
    show->add_option("--purpose", options.show.purpose, "Why you look; written to the access log")->required();
    add_role(*show, options.show.role);
    add_common(*show, options.show);
    show->footer("Example:\n  caseweave review show 17 --purpose \"weekly review of possible duplicates\"");
    show->callback([&options, &run] { run = [&options] { return run_review_show(options.show); }; });

    auto* decide =
        review->add_subcommand("decide", "Decide that two records are the same person, different, or unsure");
    decide
        ->add_option("words", options.decide.words,
                     "PAIR VERDICT, or SYSTEM:ID SYSTEM:ID VERDICT; same, different or unsure")
        ->required()
        ->expected(2, 3);
    add_deciding(*decide, options.decide);
    decide->footer(
        "A decision is a constraint of linking: it holds in every later run, until another one or withdraw ends it.\n"
        "Examples:\n  caseweave review decide 17 same --reviewer \"J. Hall\" --reason \"mother confirmed by phone\"\n"
        "  caseweave review decide social_care:100042 education:S000917 different --reviewer \"J. Hall\" \\\n"
        "      --reason \"cousins of one name\" --apply");
    decide->callback([&options, &run] { run = [&options] { return run_review_decide(options.decide); }; });

    auto* withdraw = review->add_subcommand("withdraw", "End decisions, so that linking judges by the evidence again");
    withdraw
        ->add_option("decision", options.withdraw.words, "Numbers of decisions, as review list --decided shows them")
        ->required();
    add_deciding(*withdraw, options.withdraw);
    withdraw->footer("Example:\n  caseweave review withdraw 3 --reviewer \"J. Hall\" --reason \"wrong pair\" --apply");
    withdraw->callback([&options, &run] { run = [&options] { return run_review_withdraw(options.withdraw); }; });

    auto* unmerge =
        app.add_subcommand("unmerge", "Split a person: some records stay, the others part from them for good");
    unmerge->add_option("person", options.unmerge.words, "Person id, or SYSTEM:ID of one of its records")
        ->required()
        ->expected(1);
    unmerge
        ->add_option("--keep", options.unmerge.keep,
                     "Record that keeps the id: SYSTEM:ID,SYSTEM:ID (may be given several times)")
        ->required()
        ->delimiter(',')
        ->take_all();
    add_deciding(*unmerge, options.unmerge);
    unmerge->footer(
        "Example:\n  caseweave unmerge 42 --keep social_care:100042 --reviewer \"J. Hall\" --reason \"two children\"");
    unmerge->callback([&options, &run] { run = [&options] { return run_unmerge(options.unmerge); }; });
}

}  // namespace

int main(int argc, char** argv) {
    forbid_core_dumps();
    keep_freed_memory();
    reserve_memory_to_fail_with();
    watch_for_shutdown();

    CLI::App app{
        "Consolidates children's case records from eleven legacy systems into one integrated record.\n"
        "Exit codes: 0 done, 1 failed, 2 usage or settings, 3 done with quarantined rows, 4 does not balance,\n"
        "5 interrupted and resumable, 75 try later (lock held, source away).",
        "caseweave"};
    app.require_subcommand(1);
    app.set_version_flag("--version", CASEWEAVE_VERSION);
    app.fallthrough();  // what every command has may stand behind it
    std::string log_format = "text";
    app.add_option("--log-format", log_format, "How lines on standard error are written: text or json")
        ->capture_default_str()
        ->check(CLI::IsMember({"text", "json"}));

    std::function<ExitCode()> run;
    DemoOptions demo;
    auto* demo_command = app.add_subcommand("demo", "Simulate a county and consolidate it, with real parts");
    demo_command->add_option("--scale", demo.scale, "tiny, demo, twins or county")
        ->capture_default_str()
        ->check(CLI::IsMember({"tiny", "demo", "twins", "county"}));
    demo_command->add_option("--night", demo.night, "Take the county as it is so many nights later");
    // The target keeps it as a bigint.
    demo_command->add_option("--seed", demo.seed, "Seed of the simulated county")
        ->capture_default_str()
        ->check([](const std::string& text) {
            std::int64_t seed = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
            const bool whole = error == std::errc() && end == text.data() + text.size() && seed >= 0;
            return whole ? std::string() : "a seed is a whole number from 0 to 9223372036854775807";
        });
    add_common(*demo_command, demo);
    demo_command->footer("Example:\n  caseweave demo --scale tiny --seed 7 --state /var/tmp/county");
    demo_command->callback([&] { run = [&] { return run_demo(demo); }; });

    JobOptions check;
    auto* check_command = app.add_subcommand(
        "check", "Ask every source and the target whether they answer; reads no record and changes nothing");
    add_job(*check_command, check, false);
    add_common(*check_command, check);
    check_command->footer(
        "Examples:\n  caseweave check --job config/bulk.toml\n  caseweave check        (the job of the last migration "
        "in --state)");
    check_command->callback([&] { run = [&] { return run_check(check); }; });

    JobOptions bulk;
    auto* bulk_command =
        app.add_subcommand("bulk", "Load everything a job's systems hold into an empty target; run again to resume");
    add_job(*bulk_command, bulk, true);
    bulk_command->add_option("--decisions", bulk.decisions,
                             "Reviewers' decisions to link under: CSV as review list --decided --output writes it");
    add_metrics(*bulk_command, bulk);
    add_common(*bulk_command, bulk);
    bulk_command->footer(
        "Examples:\n  caseweave bulk --job config/bulk.toml\n"
        "  caseweave bulk --job config/statutory.toml --input cin_census=cin.xml --input ssda903=return_2025/");
    bulk_command->callback([&] { run = [&] { return run_bulk(bulk); }; });

    NightlyOptions nightly;
    auto* nightly_command = app.add_subcommand(
        "nightly", "Bring a loaded target up to what its sources hold now: all of it, or after a failure nothing");
    add_job(*nightly_command, nightly, false);
    nightly_command->add_option("--night", nightly.night,
                                "Of a demo: write the county as it is so many nights later first");
    nightly_command->add_flag("--full", nightly.full, "Read every source whole, though it may hold what it held");
    nightly_command
        ->add_flag("--in-part", nightly.in_part,
                   "Read databases from their watermark on, whenever they were last read whole")
        ->excludes("--full");
    nightly_command->add_flag("--accept-deletions", nightly.accept_deletions,
                              "However many rows are gone from their sources, take them away");
    add_metrics(*nightly_command, nightly);
    add_common(*nightly_command, nightly);
    nightly_command->footer("Example:\n  caseweave nightly --job config/nightly.toml");
    nightly_command->callback([&] { run = [&] { return run_nightly(nightly); }; });

    NightlyOptions plan;
    auto* plan_command =
        app.add_subcommand("plan", "Say what nightly would do now: the same run, taken back at its end");
    add_job(*plan_command, plan, false);
    plan_command->add_option("--night", plan.night, "Of a demo: write the county as it is so many nights later first");
    plan_command->add_flag("--full", plan.full, "Read every source whole, though it may hold what it held");
    plan_command
        ->add_flag("--in-part", plan.in_part,
                   "Read databases from their watermark on, whenever they were last read whole")
        ->excludes("--full");
    plan_command->add_flag("--accept-deletions", plan.accept_deletions,
                           "Plan whatever number of rows is gone from their sources");
    add_common(*plan_command, plan);
    plan_command->footer("Example:\n  caseweave plan --job config/nightly.toml");
    plan_command->callback([&] { run = [&] { return run_plan(plan); }; });

    UndoOptions undo;
    auto* undo_command =
        app.add_subcommand("undo", "Make the target what it was before its newest run, and prove that it is");
    undo_command->add_option("run", undo.run, "Number of the run: see caseweave runs")->required();
    undo_command->add_option("--actor", undo.actor, "Who asks for it; kept for good")->required();
    undo_command->add_option("--reason", undo.reason, "Why; kept for good")->required();
    undo_command->add_flag("--apply", undo.apply, "Do it; without, say only what would happen");
    add_common(*undo_command, undo);
    undo_command->footer(
        "Example:\n  caseweave undo 7 --actor \"J. Hall\" --reason \"education sent last year's file\"");
    undo_command->callback([&] { run = [&] { return run_undo(undo); }; });

    ReconcileOptions reconcile;
    auto* reconcile_command = app.add_subcommand("reconcile",
                                                 "Compare the target with what was loaded, by count and by content, "
                                                 "name rows that differ, and hold the record to "
                                                 "quality rules");
    add_job(*reconcile_command, reconcile, false);
    auto* purpose = reconcile_command->add_option(
        "--purpose", reconcile.purpose,
        "Why rows are to be named that quality rules find (quality.csv, quality.xlsx); written to the access log. "
        "Without it they are counted only");
    add_role(*reconcile_command, reconcile.role)->needs(purpose);
    reconcile_command->add_option("--out", reconcile.output,
                                  "CSV file for every difference and what accounts for it; only its owner may read it");
    reconcile_command->add_flag("--read-sources", reconcile.read_sources,
                                "Read every source whole too and compare it with the target, whatever the books of the "
                                "runs say; without, sources are read only where the target is not what the books say");
    auto* repair = reconcile_command->add_flag(
        "--repair", reconcile.repair,
        "Say what it would take to put back what the target does not hold as it was loaded; with --apply, do it");
    reconcile_command->add_flag("--apply", reconcile.apply, "Do the repair")->needs(repair);
    reconcile_command->add_option("--actor", reconcile.actor, "Who asks for the repair; kept for good")->needs(repair);
    reconcile_command->add_option("--reason", reconcile.reason, "Why; kept for good")->needs(repair);
    add_metrics(*reconcile_command, reconcile);
    add_common(*reconcile_command, reconcile);
    reconcile_command->footer(
        "Examples:\n  caseweave reconcile --state .caseweave\n"
        "  caseweave reconcile --job config/reconcile.toml --purpose \"weekly list to owners\" --as data_quality\n"
        "  caseweave reconcile --repair --actor \"J. Hall\" --reason \"rows changed by hand on Monday\" --apply");
    reconcile_command->callback([&] { run = [&] { return run_reconcile(reconcile); }; });

    ExplainOptions explain;
    auto* explain_command =
        app.add_subcommand("explain", "Say in words why two source records are, or are not, one person");
    explain_command->add_option("first", explain.first, "SYSTEM:ID")->required();
    explain_command->add_option("second", explain.second, "SYSTEM:ID")->required();
    explain_command->add_option("--svg", explain.svg, "Also draw the waterfall into this file");
    ChildOptions child;
    auto* child_command = app.add_subcommand("child", "Show one person's record and chronology across systems");
    child_command->add_option("id", child.first, "Person id, or SYSTEM:ID")->required();
    const auto add_viewing = [&](CLI::App& command, ViewOptions& options) {
        command.add_option("--purpose", options.purpose, "Why you look; written to the access log")->required();
        command
            .add_option("--as", options.role,
                        "social_care, education, youth_justice, data_quality, restricted or sealed")
            ->capture_default_str();
        add_common(command, options);
    };
    child_command->add_option("--as-of", child.as_of,
                              "Show the record as it stood at the end of this day (2026-03-31), or at this time of it "
                              "(2026-03-31T14:30)");
    LineageOptions lineage;
    auto* lineage_command =
        app.add_subcommand("lineage", "Say where a golden value comes from, or where a source row went");
    auto* lineage_person = lineage_command->add_option("id", lineage.first, "Person id, or SYSTEM:ID");
    lineage_command->add_option("field", lineage.second, "Field of the golden record: birth_date")
        ->needs(lineage_person);
    lineage_command
        ->add_option("--source", lineage.source,
                     "SYSTEM ENTITY KEY: say where this source row went; parts of a key by /")
        ->expected(3)
        ->excludes(lineage_person);
    add_viewing(*lineage_command, lineage);
    lineage_command->footer(
        "Examples:\n  caseweave lineage 42 birth_date --purpose \"which system says so\"\n"
        "  caseweave lineage --source social_care person 100042 --purpose \"where did it go\"");
    lineage_command->callback([&] { run = [&] { return run_lineage(lineage); }; });
    add_viewing(*explain_command, explain);
    add_viewing(*child_command, child);
    explain_command->footer(
        "Example:\n  caseweave explain social_care:100042 education:S000917 --purpose \"review of a possible "
        "duplicate\" --svg pair.svg");
    child_command->footer(
        "Examples:\n  caseweave child 42 --purpose \"subject access request 2026-118\"\n"
        "  caseweave child social_care:100042 --purpose \"case review\" --as social_care\n"
        "  caseweave child 42 --as-of 2026-03-31 --purpose \"complaint 2026/7\"");
    explain_command->callback([&] { run = [&] { return run_explain(explain); }; });
    child_command->callback([&] { run = [&] { return run_child(child); }; });

    ReviewCommands review;
    add_review_commands(app, review, run);

    RunCommands run_commands;
    add_runs_commands(app, run_commands.runs, run);
    add_quarantine_commands(app, run_commands, run);

    PackCommands pack_commands;
    add_pack_commands(app, pack_commands, run);

    TargetOptions target;
    auto* target_command =
        app.add_subcommand("target", "Start the private cluster where needed and print its connection string");
    target_command->add_flag("--stop", target.stop, "Stop the private cluster instead");
    add_common(*target_command, target);
    target_command->footer("Example:\n  psql \"$(caseweave target)\"");
    target_command->callback([&] { run = [&] { return run_target(target); }; });

    LinkFilesOptions link;
    add_link_command(app, link, run);
    BlockingOptions blocking;
    add_blocking_command(app, blocking, run);
    LinkFilesOptions train;
    add_train_command(app, train, run);
    ScoreOptions score;
    add_score_command(app, score, run);
    EvaluateOptions evaluate;
    add_evaluate_command(app, evaluate, run);
    SampleOptions sample;
    add_sample_command(app, sample, run);
    EstimateOptions estimate;
    add_estimate_command(app, estimate, run);

    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::CallForAllHelp& help) {
        return app.exit(help);
    } catch (const CLI::CallForVersion& version) {
        return app.exit(version);
    } catch (const CLI::ParseError& error) {
        std::cerr << "caseweave: " << error.what() << '\n';
        std::string suggestion = suggestion_for({argv + 1, argv + argc}, app);
        // Whatever the error is: a mistyped option is often one that is then found to be missing.
        for (const std::string& wrong : app.remaining(true)) {
            if (suggestion.empty() && wrong.starts_with("--")) suggestion = option_suggestion(app, wrong);
        }
        if (!suggestion.empty()) std::cerr << suggestion << '\n';
        std::cerr << "Run caseweave --help, or caseweave COMMAND --help.\n";
        return static_cast<int>(ExitCode::usage);
    }

    log::set_up(demo.verbose || check.verbose || bulk.verbose || nightly.verbose || plan.verbose || undo.verbose ||
                    reconcile.verbose || explain.verbose || child.verbose || lineage.verbose || review.verbose() ||
                    run_commands.verbose() || pack_commands.pack.verbose || link.verbose || blocking.verbose ||
                    train.verbose || score.verbose || evaluate.verbose || sample.verbose || estimate.verbose,
                log_format == "json" ? log::LineFormat::json : log::LineFormat::text);
    try {
        return static_cast<int>(run());
    } catch (const Error& error) {
        tell_failure(error.what());
        return static_cast<int>(error.exit_code());
    } catch (const std::filesystem::filesystem_error& error) {
        tell_failure("cannot read or write " + error.path1().string() + ": " + error.code().message() +
                     "; check whose it is (ls -l, chown), or name another folder with --state");
        return static_cast<int>(ExitCode::failed);
    } catch (const std::bad_alloc&) {
        tell_failure(std::string(kMemoryHasRunOut));
        return static_cast<int>(ExitCode::failed);
    } catch (const std::system_error& error) {
        // A thread that finds no room for its stack.
        const bool no_room =
            error.code() == std::errc::resource_unavailable_try_again || error.code() == std::errc::not_enough_memory;
        tell_failure(no_room ? std::string(kMemoryHasRunOut) : std::string("internal error: ") + error.what());
        return static_cast<int>(ExitCode::failed);
    } catch (const std::exception& error) {
        tell_failure(std::string("internal error: ") + error.what());
        return static_cast<int>(ExitCode::failed);
    }
}
