// Arms one fault point a run: what the loader would do wrong has to be found by the books, not by luck.
#include <gtest/gtest.h>

#include "integration/program/program.hpp"
#include "integration/program/source_database.hpp"
#include "integration/program/target_picture.hpp"

namespace caseweave::testing {
namespace {

/// One state for all: a finished demo is replaced by the next.
const ProgramState& state() {
    static const ProgramState shared;
    return shared;
}

ProgramOutcome demo_with(const std::string& fault) {
    return RunningProgram(built_program("caseweave_with_faults"), state().with_state({"demo", "--scale", "tiny"}),
                          {{"CASEWEAVE_FAULT", fault}})
        .wait();
}

struct Fault {
    const char* setting;
    const char* says;  ///< part of what the run says
};
void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.setting;
}

std::string name_of_fault(const ::testing::TestParamInfo<Fault>& instance) {
    std::string name = instance.param.setting;
    name = name.substr(0, name.rfind(':'));
    for (char& c : name)
        if (c == '.' || c == ':') c = '_';
    return name;
}

class Planting : public ::testing::TestWithParam<Fault> {};

TEST_P(Planting, EndsWithFourAndSaysWhatIsOff) {
    const ProgramOutcome outcome = demo_with(GetParam().setting);
    EXPECT_EQ(outcome.code, 4) << GetParam().setting << "\n" << outcome.all();
    EXPECT_NE((outcome.out + outcome.err).find(GetParam().says), std::string::npos) << outcome.all();
    EXPECT_NE(outcome.out.find("  NO"), std::string::npos) << "a system of the table does not balance";
}

INSTANTIATE_TEST_SUITE_P(
    Program, Planting,
    ::testing::Values(
        Fault{"lose_batch:40:plant", "does not hold"}, Fault{"load_row_twice:5000:plant", "emitted = inserted"},
        // Rows are read twice; what the people pass rejects is kept by the second pass, so the point lies beyond it.
        Fault{"swallow_reject:80:plant", "quarantined = rows of lineage.quarantine"},
        Fault{"load.row_lost:6000:plant", "is missing from the target"},
        Fault{"load.row_twice:7000:plant", "is in the target more than once"},
        Fault{"load.wrong_child:8000:plant", "stands under the wrong person"}),
    name_of_fault);

/// A loaded county whose sources have changed since. A night that does not balance is rolled back: one serves all
/// tests.
const ProgramState& changed_county() {
    static const ProgramState* const shared = [] {
        static const ProgramState state;
        const ProgramOutcome loaded = state.run({"demo", "--scale", "tiny", "--seed", "3", "--quiet"});
        EXPECT_EQ(loaded.code, 3) << loaded.all();
        SourceDatabase(state.sources() / "social_care" / "social_care.sqlite").change_at_random(1);
        SourceDatabase(state.sources() / "education" / "education.sqlite").change_at_random(2);
        return &state;
    }();
    return *shared;
}

class PlantingByNight : public ::testing::TestWithParam<Fault> {};

TEST_P(PlantingByNight, EndsWithFourAndChangesNothing) {
    const ProgramState& county = changed_county();
    const std::string before = picture_with_ids_and_books(county);
    const ProgramOutcome outcome = RunningProgram(built_program("caseweave_with_faults"),
                                                  county.with_state({"nightly", "--quiet", "--accept-deletions"}),
                                                  {{"CASEWEAVE_FAULT", GetParam().setting}})
                                       .wait();
    EXPECT_EQ(outcome.code, 4) << GetParam().setting << "\n" << outcome.all();
    EXPECT_NE((outcome.out + outcome.err).find(GetParam().says), std::string::npos) << outcome.all();
    EXPECT_EQ(difference(picture_with_ids_and_books(county), before), "");
}

INSTANTIATE_TEST_SUITE_P(Program, PlantingByNight,
                         ::testing::Values(Fault{"night.lose_batch:20:plant", "does not hold"},
                                           Fault{"load_row_twice:30:plant", "does not hold"},
                                           Fault{"swallow_reject:80:plant", "does not hold"},
                                           Fault{"load.row_lost:40:plant", "does not hold"},
                                           Fault{"load.row_twice:50:plant", "does not hold"},
                                           Fault{"load.wrong_child:60:plant", "stands under the wrong person"}),
                         name_of_fault);

class Dying : public ::testing::TestWithParam<const char*> {};

TEST_P(Dying, LeavesNoHalfBatchAndIsResumed) {
    const ProgramOutcome killed = demo_with(GetParam());
    const bool thrown = std::string_view(GetParam()).ends_with("throw");
    EXPECT_EQ(killed.code, thrown ? 1 : 128 + 9) << killed.all();
    {
        TargetConnection connection = state().connect();
        EXPECT_NE(value_of(connection, "SELECT state FROM lineage.run"), "done");
        // Every row belongs to a batch the ledger knows: what each batch says it inserted is what is there.
        EXPECT_EQ(value_of(connection, "SELECT count(*) FROM integrated.person"),
                  value_of(connection,
                           "SELECT count(*) FROM integrated.person p WHERE EXISTS (SELECT FROM lineage.batch "
                           "b WHERE b.source_system = p.source_system)"));
        EXPECT_EQ(value_of(connection,
                           "SELECT (SELECT count(*) FROM integrated.enrolment) = 0 OR EXISTS (SELECT FROM "
                           "lineage.batch WHERE source_system = 'education')"),
                  "t");
    }
    const ProgramOutcome resumed = demo_with("");
    EXPECT_EQ(resumed.code, 3) << resumed.all();
    EXPECT_NE(resumed.err.find("resuming run"), std::string::npos) << resumed.err;
    EXPECT_EQ(books_and_identities(state(), summary_of(resumed)),
              books_and_identities(loaded_county().state, summary_of(loaded_county().outcome)));
}

INSTANTIATE_TEST_SUITE_P(Program, Dying,
                         ::testing::Values("before_commit:1:kill", "after_commit:33:kill", "load.before_commit:50:kill",
                                           "before_commit:45:throw"));

}  // namespace
}  // namespace caseweave::testing
