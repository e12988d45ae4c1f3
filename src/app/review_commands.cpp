#include "app/review_commands.hpp"

#include <string>

#include "app/command_options.hpp"

namespace caseweave {

namespace {

/// Adds what every command has that changes whose a record is.
void add_deciding(CLI::App& command, DecideOptions& options) {
    command.add_option("--reviewer", options.reviewer, "Who decides; kept for good")->required();
    command.add_option("--reason", options.reason, "Why; kept for good")->required();
    command.add_flag("--apply", options.apply, "Do it; without, say only what would happen");
    command.add_option("--as", options.role, "data_quality, restricted or sealed")->capture_default_str();
    command.add_option("--threads", options.threads, "Threads; the result is the same (default: all processors)");
    add_common(command, options);
}

}  // namespace

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

}  // namespace caseweave
