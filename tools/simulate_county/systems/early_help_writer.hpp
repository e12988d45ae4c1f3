#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Writes the resources of the early help service. One object a run; call in the order given.
class EarlyHelpWriter {
  public:
    EarlyHelpWriter(const County& county, const SystemView& view, const Random& random);
    void write_families();
    void write_staff();
    /// Episodes with their assessments, actions and documents.
    void write_work();
    /// Adds orphans, rows of lost parents, key conflicts and duplicates.
    void write_dirt();
    SystemDump take_dump();

  private:
    /// Where members without a family are filed.
    static constexpr std::string_view kNoFamily = "-1";

    void write_member(const PersonView& member, bool main_carer);
    void write_episode(const Family& family, const EarlyHelpEpisode& episode, const std::string& family_key,
                       const std::vector<const PersonView*>& children);
    void write_assessment(const EarlyHelpEpisode& episode, const std::string& episode_key,
                          const std::string& family_key, const std::string& organisation,
                          const std::vector<const PersonView*>& children, Random& random);
    void write_plan(const EarlyHelpEpisode& episode, const std::string& episode_key, const std::string& family_key,
                    const std::vector<const PersonView*>& children, Random& random);

    static std::string family_of(const PersonView& member);
    static Cell worker_key(WorkerIndex worker);
    static Cell truth(bool value);
    static Cell moment(Moment when);

    const County& county_;
    const SystemView& view_;
    Random random_;
    FormAnswers answers_;
    std::map<std::string, std::vector<const PersonView*>> families_;  // by family key
    std::map<std::string, const EarlyHelpEpisode*> latest_;           // by family key
    KeySeries episode_keys_{"EP", 1, 7};
    KeySeries assessment_keys_{"EA", 1, 7};
    KeySeries action_keys_{"AC", 1, 7};
    KeySeries document_keys_{"ED", 1, 7};
    KeySeries relationship_keys_{"RL", 1, 7};
    Table family_rows_;
    Table member_rows_;
    Table membership_rows_;
    Table relationship_rows_;
    Table team_rows_;
    Table worker_rows_;
    Table episode_rows_;
    Table episode_children_;
    Table assessment_rows_;
    Table assessment_children_;
    Table action_rows_;
    Table document_rows_;
};

}  // namespace simulate
