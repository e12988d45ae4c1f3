#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <new>
#include <system_error>

#include "app/command_options.hpp"
#include "app/commands.hpp"
#include "app/people_file_commands.hpp"
#include "app/review_commands.hpp"
#include "app/run_commands.hpp"
#include "core/allocator.hpp"
#include "core/log.hpp"
#include "core/shutdown.hpp"
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

bool any_command_has(const CLI::App& app, const std::string& option) {
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    return std::ranges::any_of(commands, [&](const CLI::App* command) {
        return command->get_option_no_throw(option) != nullptr || any_command_has(*command, option);
    });
}

/// Says what is wrong with the words up to a command's name; the parser only says what it misses behind them. "" where
/// nothing is.
std::string fault_before_command(const std::vector<std::string>& arguments, const CLI::App& app) {
    const CLI::App* at = &app;
    std::string line = "caseweave";
    for (auto argument = arguments.begin(); argument != arguments.end(); ++argument) {
        const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
        if (commands.empty()) return {};
        if (argument->starts_with('-')) {
            const std::string option = argument->substr(0, argument->find('='));
            const CLI::Option* const known = at->get_option_no_throw(option);
            if (known == nullptr && any_command_has(*at, option))
                return "options come after the command: " + line + " COMMAND " + option + " ...";
            if (known == nullptr) return {};
            if (known->get_items_expected_max() > 0 && option == *argument && ++argument == arguments.end()) return {};
            continue;
        }
        std::vector<std::string> names;
        for (const CLI::App* command : commands) names.push_back(command->get_name());
        const auto found = std::ranges::find(names, *argument);
        if (found == names.end()) {
            const std::string nearest = nearest_word(*argument, names);
            return line + " has no command \"" + *argument + "\"." +
                   (nearest.empty() ? "" : " Did you mean \"" + nearest + "\"?");
        }
        at = commands[static_cast<std::size_t>(found - names.begin())];
        line += " " + *argument;
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

/// Gives the words that no option and no argument takes, as they were typed.
std::string words_left_over(const CLI::App& app, const std::vector<std::string>& typed) {
    std::vector<std::string> left = app.remaining(true);
    std::string words;
    for (const std::string& word : typed) {
        const auto found = std::ranges::find(left, word);
        if (found == left.end()) continue;
        left.erase(found);
        words += " " + word;
    }
    return words;
}

/// Says what the parser met behind the command's name.
std::string fault_behind_command(const CLI::ParseError& error, const CLI::App& app,
                                 const std::vector<std::string>& typed) {
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
        return "not expected here:" + words_left_over(app, typed);
    return error.what();
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
        ->check(one_of({"text", "json"}));

    std::function<ExitCode()> run;
    DemoOptions demo;
    auto* demo_command = app.add_subcommand("demo", "Simulate a county and consolidate it, with real parts");
    demo_command->add_option("--scale", demo.scale, "tiny, demo, twins or county")
        ->capture_default_str()
        ->check(one_of({"tiny", "demo", "twins", "county"}));
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
    plan_command->add_option("--night", plan.night, "Of a demo: plan for the county as it is so many nights later");
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
        const std::vector<std::string> typed(argv + 1, argv + argc);
        const std::string before_command = fault_before_command(typed, app);
        std::cerr << "caseweave: "
                  << (before_command.empty() ? fault_behind_command(error, app, typed) : before_command) << '\n';
        std::string suggestion;
        // Whatever the error is: a mistyped option is often one that is then found to be missing.
        for (const std::string& wrong : app.remaining(true)) {
            if (before_command.empty() && suggestion.empty() && wrong.starts_with("--"))
                suggestion = option_suggestion(app, wrong);
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
