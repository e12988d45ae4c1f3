#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Writes the tables of children's social care. One object a run; the calls fill `tables` in the order given here.
class SocialCareWriter {
  public:
    SocialCareWriter(const County& county, const SystemView& view, const Random& random);

    void write_people();
    void write_staff();
    /// Contacts, then referrals with all that hangs from them, then care, for one true person.
    void write_cases(const Person& person);
    /// Adds orphans, key conflicts, duplicates and undecodable bytes.
    void write_dirt();

    SystemDump take_dump();

  private:
    struct WrittenContact {
        Day date;
        std::string key;
    };
    struct WrittenReferral {
        Day referred;
        std::string key;
    };

    // social_care_people.cpp
    void write_person(const PersonView& person);
    void write_histories(const PersonView& person);
    // social_care_need.cpp
    void write_contacts(const Person& person);
    void write_need_episode(const Person& person, const NeedEpisode& episode);
    void write_assessment(const PersonView& record, const std::string& referral, const NeedEpisode& episode,
                          const Assessment& assessment);
    void write_need_plan(const PersonView& record, const std::string& referral, const NeedPlan& plan, Random& random);
    void write_enquiry(const PersonView& record, const std::string& referral, const Person& person,
                       const NeedEpisode& episode, const Section47& enquiry, Random& random);
    std::string write_protection_plan(const PersonView& record, const std::string& referral,
                                      const std::string& conference, const Person& person, const ProtectionPlan& plan,
                                      int earlier_plans, Random& random);
    // social_care_care.cpp
    void write_care(const Person& person);
    void write_care_period(const PersonView& record, const Person& person, const CarePeriod& care, Random& random);
    void write_episodes(const PersonView& record, const CarePeriod& care, const std::string& period,
                        const std::vector<std::string>& placement_keys);
    void write_care_leaver(const Person& person);
    void write_pre_proceedings(const PersonView& record, const Person& person, const CarePeriod& care, Random& random);
    // social_care_records.cpp: what every part writes
    void write_involvement(const PersonView& record, WorkerIndex worker, std::string_view role, Day from, Day to,
                           const Cell& referral);
    void write_note(const PersonView& record, std::string_view type, std::string_view title, Day day,
                    WorkerIndex worker, Random& random);
    void write_document(const PersonView& record, std::string_view type, std::string_view title, Day day,
                        WorkerIndex worker, std::string_view object_type, const std::string& object);
    Cell worker_key(WorkerIndex worker) const;
    Cell team_of(WorkerIndex worker) const;
    /// When a record of a day was last saved: some working hours later.
    Cell saved(Day day);
    /// Gives UPDATED_DTTM to the rows of a table whose writers give it to none: by the latest day in the row, by its
    /// person's record where it has none. Equal rows get equal times.
    void stamp_rows(Table& rows) const;
    Table& table(std::string_view name);
    std::string key(std::string_view table_name);

    const County& county_;
    const SystemView& view_;
    Random random_;
    Random clock_;
    FormAnswers answers_;
    std::vector<Table> tables_;
    std::vector<KeySeries> series_;
    std::vector<WrittenContact> contacts_;    // of the person being written
    std::vector<WrittenReferral> referrals_;  // of the person being written
    int protection_plans_ = 0;                // of the person being written
};

}  // namespace simulate
