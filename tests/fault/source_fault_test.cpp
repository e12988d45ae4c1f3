// A source fails while a run reads it: every wait ends, the system is named, nothing of a half-read source is told, and
// the next run leaves what an undisturbed one leaves.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <random>

#include "fault/failing_sources.hpp"
#include "fault/fault_seed.hpp"
#include "integration/program/target_picture.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

/// Longer than any wait that the job allows, shorter than those of production.
constexpr auto kPatience = std::chrono::seconds(60);

FailingSources& sources() {
    static FailingSources all;
    return all;
}

std::string everything() {
    return served_target().everything();
}

/// What the runs leave where nothing fails. The database before the night is kept on the server.
struct UndisturbedRuns {
    std::string loaded, after_night;
    std::string loaded_picture, after_night_picture;  // whatever runs it took
    UndisturbedRuns() {
        served_target().reset();
        const ProgramOutcome bulk = sources().start("bulk").wait();
        EXPECT_EQ(bulk.code, 3) << bulk.all();
        loaded = everything();
        loaded_picture = picture_of(served_target().state());
        served_target().keep_as("loaded_from_all");
        sources().change();
        const ProgramOutcome night = sources().start("nightly").wait();
        EXPECT_EQ(night.code, 3) << night.all();
        after_night = everything();
        after_night_picture = picture_of(served_target().state());
        sources().restore();
    }
};

const UndisturbedRuns& undisturbed() {
    static const UndisturbedRuns runs;
    return runs;
}

class SourceFault : public ::testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        (void)undisturbed();
        begin_again();
    }
    void TearDown() override { sources().restore(); }

    /// The sources sound, and the target as it is before the run.
    void begin_again() const {
        sources().restore();
        served_target().reset(is_night() ? "loaded_from_all" : "template0");
        if (is_night()) sources().change();
    }

    bool is_night() const { return command() == "nightly"; }
    std::string command() const { return GetParam(); }
    RunningProgram start() const { return sources().start(command()); }

    /// Expects that the run ended because of the system, and said so.
    void expect_refused(const ProgramOutcome& outcome, int code, const std::vector<std::string>& says) const {
        EXPECT_EQ(outcome.code, code) << outcome.all();
        for (const std::string& words : says) EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.all();
        EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 0)
            << "no report of an end: " << outcome.out;
        if (is_night()) {
            EXPECT_EQ(difference(everything(), undisturbed().loaded), "");
            return;
        }
        EXPECT_EQ(served_target().value("SELECT bool_or(people_open) FROM lineage.run"), "f") << "half-told";
        EXPECT_EQ(served_target().value("SELECT count(*) FROM lineage.run WHERE state = 'failed'"), "1");
    }
    void expect_finished_by_the_next() const {
        const ProgramOutcome next = start().wait(kPatience);
        EXPECT_EQ(next.code, 3) << next.all();
        expect_all_there();
    }
    void expect_all_there() const {
        EXPECT_EQ(difference(everything(), is_night() ? undisturbed().after_night : undisturbed().loaded), "");
    }
};

INSTANTIATE_TEST_SUITE_P(Runs, SourceFault, ::testing::Values("bulk", "nightly"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(SourceFault, ALinkThatFailsInTheMiddleOfAnEntity) {
    LinkProxy& link = sources().link();
    link.cut_each(FailingSources::kInAttendance);
    expect_refused(start().wait(kPatience), 75, {"early_years: ", "entity attendance", "try again when it is up"});
    sources().restore_link();
    link.hold_each(FailingSources::kInAttendance);  // and silent for ever
    expect_refused(start().wait(kPatience), 75, {"early_years: ", "entity attendance", "check that it is up"});
    sources().restore_link();
    if (!is_night()) {
        link.slow_to(120);  // 12 kB a second: it crawls, and is never silent
        expect_refused(start().wait(kPatience), 75, {"early_years: ", "reading entity ", "entity_timeout_seconds"});
        sources().restore_link();
    }
    expect_finished_by_the_next();
}

TEST_P(SourceFault, AServerThatStopsInTheMiddleOfAnEntity) {
    sources().link().hold_each(FailingSources::kInAttendance);
    RunningProgram program = start();
    ASSERT_TRUE(sources().link().wait_until_held()) << program.wait(kPatience).all();
    sources().database().crash();
    sources().link().hold_each(0);
    sources().link().hold_open_links(LinkProxy::Hold::nothing);
    // What was under way may still come out of the socket; then the next entity finds nobody.
    expect_refused(program.wait(kPatience), 75, {"early_years", "entity ", "it is up"});
    // As long as it is down, the run is refused before anything is read.
    const ProgramOutcome down = start().wait(kPatience);
    EXPECT_EQ(down.code, 75) << down.all();
    EXPECT_NE(down.out.find("REFUSED"), std::string::npos) << down.all();
    sources().database().start();
    expect_finished_by_the_next();
}

TEST_P(SourceFault, AColumnThatVanishesBetweenCheckAndRead) {
    sources().link().hold_each(FailingSources::kInAttendance);
    RunningProgram program = start();
    ASSERT_TRUE(sources().link().wait_until_held()) << program.wait(kPatience).all();
    // attendance is being read; funded_claim comes after it.
    sources().execute("ALTER TABLE estart.funded_claim DROP COLUMN member_id");
    sources().link().hold_each(0);
    sources().link().hold_open_links(LinkProxy::Hold::nothing);
    expect_refused(program.wait(kPatience), 1, {"early_years: ", "entity funded_claim", "member_id"});
    const ProgramOutcome next = start().wait(kPatience);  // by now its check finds it
    EXPECT_EQ(next.code, 1) << next.all();
    EXPECT_NE(next.out.find("REFUSED"), std::string::npos) << next.all();
    sources().restore();
    if (is_night()) sources().change();
    expect_finished_by_the_next();
}

TEST_P(SourceFault, AFileThatIsReplacedBetweenCheckAndRead) {
    const fs::path file = sources().files() / "casework_2026.xml";
    sources().rest().fail_with([&](const RestService::Page& page) -> std::optional<TlsReply> {
        // Its first page: the checks are over, and the rows that follow the people's have not been read.
        if (page.number == 1) {
            fs::remove(file);
            write_text(file, "<another/>");
        }
        return std::nullopt;
    });
    expect_refused(start().wait(kPatience), 1,
                   {"send, entity ", "casework_2026.xml changed after", "run again when the delivery is complete"});
    begin_again();
    expect_finished_by_the_next();
}

/// What a REST service does wrong, and what is to come of it.
struct RestFault {
    const char* name;
    RestService::Fault fault;
    int code;          ///< 3: the run completes
    const char* says;  ///< besides the system and the entity
};

/// From which page on they fail: in the middle of the people.
constexpr unsigned kFrom = 4;

RestService::Fault for_pages(unsigned first, unsigned last, const std::function<TlsReply(const std::string&)>& reply) {
    return [=](const RestService::Page& page) -> std::optional<TlsReply> {
        if (page.number < first || page.number > last) return std::nullopt;
        return reply(page.proper);
    };
}
RestService::Fault once(const std::function<TlsReply(const std::string&)>& reply) {
    return for_pages(kFrom, kFrom, reply);
}
RestService::Fault for_ever(const std::function<TlsReply(const std::string&)>& reply) {
    return for_pages(kFrom, ~0U, reply);
}
std::function<TlsReply(const std::string&)> says(unsigned status, const std::string& body = "{}",
                                                 const std::string& fields = {}) {
    return [=](const std::string&) { return TlsReply{http_response(status, body, fields)}; };
}
TlsReply cut(const std::string& proper) {
    return {.bytes = proper.substr(0, proper.size() / 2), .close = true};
}
TlsReply nothing(const std::string&) {
    return {.bytes = {}, .close = true};
}
TlsReply drip(const std::string& proper) {
    return {.bytes = proper, .drip = true};
}

std::vector<RestFault> faults_that_pass() {
    return {
        {"401 once", once(says(401)), 3, ""},
        {"429", once(says(429, "{}", "Retry-After: 1\r\n")), 3, ""},
        {"500 and 503", for_pages(kFrom, kFrom + 1, says(503)), 3, ""},
        {"a cut body", once(cut), 3, ""},
        {"no answer", once(nothing), 3, ""},
    };
}

std::vector<RestFault> faults_that_stay() {
    return {
        {"401 for ever", for_ever(says(401)), 1, "it refuses a token it has just given"},
        {"429 for an hour", for_ever(says(429, "{}", "Retry-After: 3600\r\n")), 75, "try again later"},
        {"500 for ever", for_ever(says(500)), 75, "(tried 4 times)"},
        {"a server that has gone", for_ever(nothing), 75, "(tried 4 times)"},
        {"cut bodies", for_ever(cut), 75, "broke off"},
        {"a body that is cut and says it is whole", for_ever([](const std::string& proper) {
             const std::string body = proper.substr(proper.find("\r\n\r\n") + 4);
             return TlsReply{http_response(200, body.substr(0, body.size() / 2))};
         }),
         1, "is not JSON"},
        {"a page of another kind", for_ever(says(200, R"({"message":"maintenance"})")), 1,
         "is not the JSON it should be"},
        {"a page for people", for_ever(says(200, "<html>maintenance</html>")), 1, "is not JSON"},
        {"a page nested too deep",
         for_ever(says(200, R"({"next_cursor":null,"data":)" + std::string(2000, '[') + std::string(2000, ']') + "}")),
         1, "is nested deeper than 1024, which no setting raises"},
        {"drips", for_ever(drip), 75, "answer_timeout_seconds"},
        {"one page for ever", for_ever([](const std::string&) {
             return TlsReply{http_response(200, R"({"data":[],"next_cursor":"p20"})")};
         }),
         1, "would never end"},
        {"one page under ever new cursors",
         [number = 0](const RestService::Page&) mutable -> std::optional<TlsReply> {
             return TlsReply{http_response(200, R"({"data":[],"next_cursor":"q)" + std::to_string(++number) + "\"}")};
         },
         1, "would never end"},
    };
}

/// Chooses two at random, or all where CASEWEAVE_FAULT_TRIALS asks for many.
std::vector<RestFault> some_of(std::vector<RestFault> faults) {
    const std::uint64_t seed = number_from("CASEWEAVE_FAULT_SEED", kFaultSeed);
    std::cout << "CASEWEAVE_FAULT_SEED=" << seed << "\n";
    static std::mt19937_64 random(seed);
    std::shuffle(faults.begin(), faults.end(), random);
    faults.resize(std::min<std::size_t>(faults.size(), number_from("CASEWEAVE_FAULT_TRIALS", 2)));
    return faults;
}

TEST_P(SourceFault, AServiceThatRecoversIsAskedAgain) {
    for (const RestFault& fault : some_of(faults_that_pass())) {
        SCOPED_TRACE(fault.name);
        begin_again();
        const unsigned tokens = sources().rest().tokens_given();
        sources().rest().fail_with(fault.fault);
        const ProgramOutcome outcome = start().wait(kPatience);
        EXPECT_EQ(outcome.code, 3) << outcome.all();
        EXPECT_GT(sources().rest().pages_asked(), kFrom) << "nothing failed";
        EXPECT_LE(sources().rest().tokens_given(), tokens + 2);
        expect_all_there();
    }
}

TEST_P(SourceFault, AServiceThatStaysBrokenEndsTheRun) {
    for (const RestFault& fault : some_of(faults_that_stay())) {
        SCOPED_TRACE(fault.name);
        sources().rest().fail_with(fault.fault);
        expect_refused(start().wait(kPatience), fault.code, {"early_help", "entity ", fault.says});
    }
    sources().rest().heal();
    expect_finished_by_the_next();
}

TEST_P(SourceFault, TheOthersCompleteWhereTheJobSaysSo) {
    // What a run of the other systems leaves, where early_help was never asked and early_years neither.
    const std::vector<std::string> others{"education", "send"};
    const ProgramOutcome without = sources().start(command(), "stop", others).wait(kPatience);
    EXPECT_EQ(without.code, 3) << without.all();
    const std::string expected = picture_of(served_target().state());

    begin_again();
    const auto run = [&] { return sources().start(command(), "continue").wait(kPatience); };
    // One fails while the people are read, one in the middle of other rows.
    sources().link().cut_each(FailingSources::kInAttendance);
    sources().rest().fail_with(for_ever(says(500)));
    const ProgramOutcome outcome = run();
    EXPECT_EQ(outcome.code, 1) << outcome.all();
    for (const std::string system : {"early_help", "early_years"}) {
        EXPECT_NE(outcome.out.find("NOT LOADED:      " + system), std::string::npos) << outcome.all();
        EXPECT_NE(outcome.err.find(system), std::string::npos) << outcome.all();
    }
    EXPECT_NE(outcome.err.find("the run begins again without this system"), std::string::npos) << outcome.all();
    EXPECT_NE(text_of(summary_of(outcome)).find(R"("systems_left_out":["early_help","early_years"])"),
              std::string::npos);
    EXPECT_EQ(difference(picture_of(served_target().state()), expected), "");

    // They answer again: the next run makes it whole.
    sources().restore_link();
    sources().rest().heal();
    const ProgramOutcome next = run();
    EXPECT_EQ(next.code, 3) << next.all();
    EXPECT_EQ(difference(picture_of(served_target().state()),
                         is_night() ? undisturbed().after_night_picture : undisturbed().loaded_picture),
              "");
}

}  // namespace
}  // namespace caseweave::testing
