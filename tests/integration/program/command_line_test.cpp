#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

TEST(CommandLine, EveryCommandHelpsWithAnExample) {
    const ProgramOutcome top = run_caseweave({"--help"});
    EXPECT_EQ(top.code, 0);
    EXPECT_NE(top.out.find("Exit codes"), std::string::npos);
    for (const char* command :
         {"demo", "check", "bulk", "reconcile", "explain", "child", "lineage", "runs", "target"}) {
        EXPECT_NE(top.out.find(std::string("  ") + command), std::string::npos) << command;
        const ProgramOutcome help = run_caseweave({command, "--help"});
        EXPECT_EQ(help.code, 0) << help.all();
        EXPECT_NE(help.out.find("Example"), std::string::npos) << command;
        EXPECT_NE(help.out.find(std::string("caseweave ") + command), std::string::npos) << command;
        EXPECT_NE(help.out.find("--state"), std::string::npos) << command;
    }
    for (const char* command : {"link", "score"}) {
        EXPECT_NE(top.out.find(std::string("  ") + command), std::string::npos) << command;
        const ProgramOutcome help = run_caseweave({command, "--help"});
        EXPECT_EQ(help.code, 0) << help.all();
        EXPECT_NE(help.out.find(std::string("Examples:\n  caseweave ") + command), std::string::npos) << command;
        EXPECT_NE(help.out.find("guardian_family_name"), std::string::npos) << "the fields are listed";
        EXPECT_EQ(help.out.find("--state"), std::string::npos) << "it keeps nothing";
    }
}

TEST(CommandLine, CommandsOnFilesHelpWithAnExampleAndNeedNoState) {
    for (const char* command : {"link", "blocking", "evaluate", "sample-for-review", "estimate"}) {
        const ProgramOutcome help = run_caseweave({command, "--help"});
        EXPECT_EQ(help.code, 0) << help.all();
        EXPECT_NE(help.out.find("Example"), std::string::npos) << command;
        EXPECT_NE(help.out.find(std::string("caseweave ") + command), std::string::npos) << command;
        EXPECT_EQ(help.out.find("--state"), std::string::npos) << command;
    }
}

TEST(CommandLine, ATypoSuggestsTheNearest) {
    const ProgramOutcome command = run_caseweave({"reconcle"});
    EXPECT_EQ(command.code, 2) << command.all();
    EXPECT_NE(command.err.find("Did you mean \"reconcile\"?"), std::string::npos) << command.err;
    const ProgramOutcome option = run_caseweave({"demo", "--sclae", "tiny"});
    EXPECT_EQ(option.code, 2) << option.all();
    EXPECT_NE(option.err.find("Did you mean --scale?"), std::string::npos) << option.err;
    const ProgramOutcome required = run_caseweave({"estimate", "--smaple", "sample.csv"});
    EXPECT_EQ(required.code, 2) << required.all();
    EXPECT_NE(required.err.find("--sample is required"), std::string::npos) << required.err;
    EXPECT_NE(required.err.find("Did you mean --sample?"), std::string::npos) << required.err;
}

TEST(CommandLine, AWrongValueSuggestsTheNearest) {
    const auto refused = [](const std::vector<std::string>& arguments) {
        const ProgramOutcome outcome = run_caseweave(arguments);
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        return outcome.err.substr(0, outcome.err.find('\n'));
    };
    EXPECT_EQ(refused({"demo", "--scale", "twin"}),
              "caseweave: --scale: there is no \"twin\", only tiny, demo, twins, county. Did you mean \"twins\"?");
    EXPECT_EQ(refused({"demo", "--scale", "enormous"}),
              "caseweave: --scale: there is no \"enormous\", only tiny, demo, twins, county");
    EXPECT_EQ(refused({"--log-format", "jason", "runs"}),
              "caseweave: --log-format: there is no \"jason\", only text, json. Did you mean \"json\"?");
    EXPECT_EQ(refused({"runs", "--format", "txt"}),
              "caseweave: --format: there is no \"txt\", only text, json. Did you mean \"text\"?");
}

TEST(CommandLine, WhatIsLeftOverIsToldAsItWasTyped) {
    const ProgramOutcome outcome = run_caseweave({"demo", "--scale", "tiny", "--sede", "3", "more"});
    EXPECT_EQ(outcome.code, 2) << outcome.all();
    EXPECT_EQ(outcome.err.substr(0, outcome.err.find("Run caseweave")),
              "caseweave: not expected here: --sede 3 more\nDid you mean --seed?\n");
}

TEST(CommandLine, WhatIsWrongBeforeTheCommandIsSaidFirst) {
    const auto first_line = [](const std::vector<std::string>& arguments) {
        const ProgramOutcome outcome = run_caseweave(arguments);
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        return outcome.err.substr(0, outcome.err.find('\n'));
    };
    EXPECT_EQ(first_line({"demmo"}), "caseweave: caseweave has no command \"demmo\". Did you mean \"demo\"?");
    EXPECT_EQ(first_line({"--log-format", "json", "demmo"}), first_line({"demmo"}));
    EXPECT_EQ(first_line({"nothing-like-it"}), "caseweave: caseweave has no command \"nothing-like-it\".");
    EXPECT_EQ(first_line({"runs", "shwo", "1"}),
              "caseweave: caseweave runs has no command \"shwo\". Did you mean \"show\"?");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--state", "x", "demo"}, {"--state=x", "demo"}})
        EXPECT_EQ(first_line(arguments), "caseweave: options come after the command: caseweave COMMAND --state ...");
    const ProgramOutcome misplaced = run_caseweave({"--state", "x", "demo"});
    EXPECT_EQ(misplaced.err.find("Did you mean"), std::string::npos) << misplaced.err;
    EXPECT_NE(first_line({"demo", "--scale", "enormous"}).find("--scale"), std::string::npos);
}

TEST(CommandLine, AnInputOfNoConnectorSuggestsTheNearest) {
    const ProgramState state;
    const std::string job = (std::filesystem::path(CASEWEAVE_SOURCE_DIR) / "config" / "statutory.toml").string();
    const ProgramOutcome outcome = state.run({"bulk", "--job", job, "--input", "cin_cesus=/etc/hostname"});
    EXPECT_EQ(outcome.code, 2) << outcome.all();
    EXPECT_NE(outcome.err.find("--input cin_cesus: no connector of that name; did you mean cin_census?"),
              std::string::npos)
        << outcome.err;
}

TEST(CommandLine, WrongUseEndsWithTwoAndTouchesNothing) {
    const ProgramState state;
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"demo", "--scale", "enormous"},
                                                      {"demo", "--seed", "minus one"},
                                                      {"demo", "--seed", "-1"},
                                                      {"demo", "--seed", "9223372036854775808"},
                                                      {"bulk"},
                                                      {"explain", "social_care:1"},
                                                      {"child"},
                                                      {"bulk", "--job", "x.toml", "--input", "cin_census"},
                                                      {"child", "1"},
                                                      {"reconcile"},
                                                      {"check"},
                                                      {"runs"},
                                                      {"runs", "show"},
                                                      {"runs", "compare", "1"},
                                                      {"quarantine"},
                                                      {"quarantine", "show", "1"},
                                                      {"quarantine", "export", "--output", "x.csv"},
                                                      {"explain", "1", "2", "--purpose", "test"}}) {
        const ProgramOutcome outcome = state.run(arguments);
        EXPECT_EQ(outcome.code, 2) << arguments.front() << "\n" << outcome.all();
        EXPECT_NE(outcome.err.find("caseweave: "), std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.out, "");
    }
    EXPECT_FALSE(std::filesystem::exists(state.path() / "cluster"));
    EXPECT_EQ(run_caseweave({}).code, 2);
    EXPECT_EQ(run_caseweave({"--version"}).code, 0);
}

TEST(CommandLine, AStateThatHoldsNothingIsRefusedAndNothingIsMadeOfIt) {
    const TemporaryFolder folder;
    const std::filesystem::path mistyped = folder.path() / "mistyped" / "state";
    const std::filesystem::path other = folder.path() / "other";  // a folder of something else
    std::filesystem::create_directories(other);
    std::filesystem::permissions(other, std::filesystem::perms(0755));
    write_text(other / "letter.txt", "");
    const std::vector<std::string> why = {"--purpose", "test"};
    const auto with = [](std::vector<std::string> words, const std::vector<std::string>& more) {
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    const std::vector<std::string> decided = {"--reviewer", "J. Hall", "--reason", "test"};
    const std::vector<std::string> asked = {"--actor", "J. Hall", "--reason", "test"};
    for (const std::vector<std::string>& command :
         {with({"child", "4"}, why),
          with({"child", "4", "--as-of", "2026-03-31"}, why),
          with({"explain", "social_care:1", "education:2"}, why),
          with({"lineage", "4", "birth_date"}, why),
          {"runs"},
          {"runs", "show", "1"},
          {"quarantine", "list"},
          with({"quarantine", "show", "1"}, why),
          with({"quarantine", "export", "--output", (folder.path() / "rows.csv").string()}, why),
          {"review", "list"},
          with({"review", "show", "1"}, why),
          with({"review", "decide", "1", "same"}, decided),
          with({"unmerge", "4", "--keep", "social_care:1"}, decided),
          {"target"},
          {"target", "--stop"},
          {"check"},
          {"reconcile"},
          {"nightly"},
          {"plan"},
          with({"undo", "1"}, asked)}) {
        for (const std::filesystem::path& state : {mistyped, other}) {
            const ProgramOutcome outcome = run_caseweave(with(command, {"--state", state.string()}));
            EXPECT_EQ(outcome.code, 2) << command.front() << "\n" << outcome.all();
            EXPECT_NE(outcome.err.find(state.string() + " has seen no run yet"), std::string::npos) << outcome.all();
            EXPECT_NE(outcome.err.find("--state"), std::string::npos) << outcome.all();
            EXPECT_EQ(outcome.out, "") << command.front();
        }
        EXPECT_FALSE(std::filesystem::exists(mistyped.parent_path())) << command.front();
        const auto mode = std::filesystem::status(other).permissions();
        EXPECT_EQ(mode, std::filesystem::perms(0755)) << command.front() << " takes it away from others";
        EXPECT_EQ(std::distance(std::filesystem::directory_iterator(other), {}), 1) << command.front();
    }
}

TEST(CommandLine, ASeedIsOneForTheSimulationToo) {
    const TemporaryFolder folder;
    for (const char* seed : {"-1", "9223372036854775808", "1.5"}) {
        const ProgramOutcome outcome =
            RunningProgram(built_program("simulate_county"),
                           {"generate", "--seed", seed, "--output", (folder.path() / "county").string()})
                .wait();
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        EXPECT_NE(outcome.err.find("a seed is a whole number from 0"), std::string::npos) << outcome.all();
        EXPECT_FALSE(std::filesystem::exists(folder.path() / "county"));
    }
}

TEST(CommandLine, AStateFolderOfSomeoneElseIsToldInOneSentence) {
    const ProgramState state;
    std::vector<std::string> words = {built_program().string()};
    std::filesystem::path folder = "/";  // for whoever is not root: theirs to read, not to write
    if (::geteuid() == 0) {
        std::filesystem::create_directories(state.path());
        std::filesystem::permissions(state.outside(), std::filesystem::perms(0755));
        folder = state.path();
        words.insert(words.begin(), {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    }
    for (const auto mode : {0700, 0750, 0755}) {
        if (::geteuid() == 0) std::filesystem::permissions(folder, std::filesystem::perms(mode));
        std::vector<std::string> arguments(words.begin() + 1, words.end());
        arguments.insert(arguments.end(), {"target", "--state", folder.string()});
        const ProgramOutcome outcome = RunningProgram(words.front(), arguments).wait();
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        for (const std::string& word : {folder.string(), std::string("--state"), std::string("chown")})
            EXPECT_NE(outcome.err.find(word), std::string::npos) << word << "\n" << outcome.all();
        EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.err.find("filesystem"), std::string::npos) << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    }
    if (::geteuid() != 0) return;
    // The folder is theirs, and what an earlier command of root left in it is not.
    ASSERT_EQ(state.run({"check", "--job", "none.toml"}).code, 2);
    ASSERT_EQ(::chown(folder.c_str(), 65534, 65534), 0);
    std::filesystem::create_directories(folder / "cluster");
    std::filesystem::permissions(folder / "cluster", std::filesystem::perms(0700));
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"reconcile"}, {"target"}, {"target", "--stop"}}) {
        std::vector<std::string> arguments(words.begin() + 1, words.end());
        arguments.insert(arguments.end(), command.begin(), command.end());
        arguments.insert(arguments.end(), {"--state", folder.string()});
        const ProgramOutcome outcome = RunningProgram(words.front(), arguments).wait();
        EXPECT_TRUE(outcome.code == 1 || outcome.code == 2) << outcome.all();
        for (const std::string& word : {folder.string(), std::string("--state"), std::string("chown")})
            EXPECT_NE(outcome.err.find(word), std::string::npos) << word << "\n" << outcome.all();
        EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.err.find("filesystem"), std::string::npos) << outcome.err;
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    }
}

TEST(CommandLine, TargetPrintsAConnectionThatReadsAndChanges) {
    const ProgramState& state = loaded_county().state;
    ASSERT_EQ(loaded_county().outcome.code, 3) << loaded_county().outcome.all();
    EXPECT_EQ(state.run({"target", "--stop"}).code, 0);
    const ProgramOutcome outcome = state.run({"target"});  // starts it again
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(outcome.last_line().find('\n'), std::string::npos);
    TargetConnection connection = state.connect();
    EXPECT_EQ(connection.execute("UPDATE integrated.child SET kind = kind").affected_rows(),
              std::stoul(value_of(connection, "SELECT count(*) FROM integrated.child")));
    EXPECT_EQ(state.run({"reconcile"}).code, 3) << "rows written anew with the same content are the same";
}

TEST(CommandLine, ProgressIsPlainLinesWhereNoTerminalIs) {
    const std::string& err = loaded_county().outcome.err;
    EXPECT_EQ(err.find('\r'), std::string::npos);
    EXPECT_EQ(err.find('\x1b'), std::string::npos);
    EXPECT_NE(err.find("/s"), std::string::npos) << "rates";
    const ProgramOutcome quiet = loaded_county().state.run({"reconcile", "--quiet"});
    EXPECT_EQ(quiet.code, 3);
    EXPECT_EQ(quiet.err, "") << "nothing of progress, nor of a county that is not simulated again";
}

}  // namespace
}  // namespace caseweave::testing
