#include <algorithm>
#include <array>
#include <set>

#include "simulate_county/systems/early_help_writer.hpp"

namespace simulate {
namespace {

constexpr std::array<std::string_view, 6> kActions = {
    "Attend the parenting group", "Breakfast club three mornings a week", "Apply for the school transport grant",
    "See the GP about sleep",     "Weekly session with the mentor",       "Housing officer to inspect the damp"};

}  // namespace

void EarlyHelpWriter::write_work() {
    for (const Family& family : county_.families) {
        for (const EarlyHelpEpisode& episode : family.early_help) {
            // Records of one family may be filed under two ids; each then has the episode.
            std::map<std::string, std::vector<const PersonView*>> children;
            for (const std::uint32_t subject : episode.subjects) {
                const PersonView* record =
                    view_.record_of(county_, subject, episode.from, static_cast<std::uint64_t>(episode.from));
                if (record != nullptr) children[family_of(*record)].push_back(record);
            }
            for (const auto& [family_key, records] : children) write_episode(family, episode, family_key, records);
        }
    }
}

void EarlyHelpWriter::write_episode(const Family& family, const EarlyHelpEpisode& episode,
                                    const std::string& family_key, const std::vector<const PersonView*>& children) {
    static constexpr std::array<std::string_view, 4> kOrganisations = {
        "West Sussex County Council", "West Sussex County Council", "Home-Start", "School"};
    const std::string episode_key = episode_keys_.next();
    Random random = random_.stream("episode " + episode_key, family.index);
    const std::string organisation(random.pick(kOrganisations));
    append(episode_rows_, {{"episodeId", episode_key},
                           {"familyId", family_key},
                           {"startDate", answers_.day(episode.from)},
                           {"endDate", answers_.day(episode.to)},
                           {"reason", answers_.code(episode.reason, "Astrology")},
                           {"endReason", answers_.code(episode.outcome, "See notes")},
                           {"source", given(episode.source)},
                           {"organisation", organisation},
                           {"teamId", episode.team == kNone ? Cell() : Cell(county_.team(episode.team).code)},
                           {"leadWorkerId", worker_key(episode.worker)},
                           {"updatedAt", moment(office_time(std::min(episode.to, kToday - 1), random))}});
    for (const PersonView* child : children)
        append(episode_children_, {{"episodeId", episode_key}, {"memberId", child->key}});
    if (episode.assessed != 0) write_assessment(episode, episode_key, family_key, organisation, children, random);
    write_plan(episode, episode_key, family_key, children, random);
}

void EarlyHelpWriter::write_assessment(const EarlyHelpEpisode& episode, const std::string& episode_key,
                                       const std::string& family_key, const std::string& organisation,
                                       const std::vector<const PersonView*>& children, Random& random) {
    const std::string assessment_key = assessment_keys_.next();
    const Day completed = episode.assessed + random.between(10, 40);
    const bool done = completed < kToday;
    append(assessment_rows_, {{"assessmentId", assessment_key},
                              {"episodeId", episode_key},
                              {"familyId", family_key},
                              {"startDate", answers_.day(episode.assessed)},
                              {"completedDate", done ? answers_.day(completed) : Cell()},
                              {"organisation", organisation},
                              {"consentGiven", truth(random.chance(0.97))},
                              {"outcome", done ? Cell(random.chance(0.8) ? "Family plan" : "Single agency") : Cell()},
                              {"workerId", worker_key(episode.worker)},
                              {"updatedAt", moment(office_time(std::min(completed, kToday - 1), random))}});
    for (const PersonView* child : children)
        append(assessment_children_, {{"assessmentId", assessment_key}, {"memberId", child->key}});
    if (done) {
        const std::string document = document_keys_.next();
        append(document_rows_, {{"documentId", document},
                                {"memberId", children.front()->key},
                                {"title", "Whole family assessment"},
                                {"type", "Assessment"},
                                {"documentDate", answers_.day(completed)},
                                {"uploadedAt", moment(office_time(completed, random))},
                                {"fileName", document + ".pdf"},
                                {"mediaType", "application/pdf"},
                                {"sizeBytes", std::to_string(random.between(30'000, 900'000))},
                                {"location", "/documents/" + document},
                                {"authorId", worker_key(episode.worker)},
                                {"episodeId", episode_key}});
    }
}

void EarlyHelpWriter::write_plan(const EarlyHelpEpisode& episode, const std::string& episode_key,
                                 const std::string& family_key, const std::vector<const PersonView*>& children,
                                 Random& random) {
    std::vector<const PersonView*> adults;
    if (family_key != kNoFamily) {
        for (const PersonView* member : families_[family_key]) {
            if (member->kind == Person::Kind::adult) adults.push_back(member);
        }
    }
    for (int i = 0; i < episode.actions; ++i) {
        const bool for_adult = !adults.empty() && random.chance(0.5);
        const PersonView* member = for_adult ? random.pick(adults) : random.pick(children);
        const Day agreed = std::min(episode.from + random.between(14, 60), kToday - 1);
        const Day due = agreed + random.between(14, 120);
        const bool done = due < kToday && random.chance(0.75);
        const Day completed = done ? std::min(due + random.between(-10, 20), kToday - 1) : kOpen;
        append(action_rows_, {{"actionId", action_keys_.next()},
                              {"memberId", member->key},
                              {"episodeId", episode_key},
                              {"familyId", family_key},
                              {"description", std::string(random.pick(kActions))},
                              {"agreedDate", answers_.day(agreed)},
                              {"dueDate", answers_.day(due)},
                              {"completedDate", answers_.day(completed)},
                              {"status", answers_.code(done           ? "Done"
                                                       : due < kToday ? (random.chance(0.5) ? "Overdue" : "Cancelled")
                                                                      : "Open",
                                                       "Parked")},
                              {"workerId", worker_key(episode.worker)},
                              {"updatedAt", moment(office_time(done ? completed : agreed, random))}});
    }
}

void EarlyHelpWriter::write_dirt() {
    Random random = random_.stream("dirt");
    add_dirty_rows(action_rows_, {"actionId", "memberId", "familyId", "description", "Entered twice"},
                   {.orphans = 0.001, .lost_parents = 0.001, .key_conflicts = 0.001, .duplicates = 0.001},
                   random.stream("actions"));
    add_dirty_rows(document_rows_, {"documentId", "memberId", "", "title", "Entered twice"}, {},
                   random.stream("documents"));
    // A child deleted from the system, but not from its episode; and one assessed in an episode that is not its own.
    if (!episode_children_.rows.empty()) {
        const Cell episode = random.pick(episode_children_.rows)[0];
        episode_children_.rows.push_back({episode, "EH9999999"});
    }
    if (!assessment_children_.rows.empty() && !view_.people.empty()) {
        const Cell assessment = random.pick(assessment_children_.rows)[0];
        std::set<std::string> assessed;
        for (const Row& row : assessment_children_.rows) {
            if (row[0] == assessment) assessed.insert(row[1].value_or(""));
        }
        for (const PersonView& stranger : view_.people) {
            if (stranger.kind != Person::Kind::child || assessed.contains(stranger.key)) continue;
            assessment_children_.rows.push_back({assessment, stranger.key});
            break;
        }
    }
    // One member stands twice in its family.
    if (member_rows_.rows.size() > 3) member_rows_.rows.push_back(Row(member_rows_.rows[3]));
}

}  // namespace simulate
