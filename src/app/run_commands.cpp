#include "app/run_commands.hpp"

#include <string>

#include "app/command_options.hpp"

namespace caseweave {

void add_runs_commands(CLI::App& app, RunsOptions& options, std::function<ExitCode()>& run) {
    const auto add_format = [&options](CLI::App& command) {
        command.add_option("--format", options.format, "text or json")
            ->capture_default_str()
            ->check(one_of({"text", "json"}));
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

}  // namespace caseweave
