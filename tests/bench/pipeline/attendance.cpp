#include "bench/pipeline/attendance.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/digest.hpp"
#include "settings/places.hpp"

namespace caseweave::bench {

namespace {

/// Hands prepared batches over, as an extractor would that costs nothing.
class PreparedSource final : public Source {
  public:
    PreparedSource(const EntityDefinition& entity, std::shared_ptr<std::vector<RecordBatch>> batches)
        : shape_(batches->empty() ? std::make_shared<RowShape>(RowShape{entity.columns, entity.columns.size()})
                                  : batches->front().shared_shape()),
          batches_(std::move(batches)) {}
    std::shared_ptr<const RowShape> shape() const override { return shape_; }
    bool next(RecordBatch& batch) override {
        if (next_ == batches_->size()) return false;
        batch = std::move((*batches_)[next_++]);
        return true;
    }

  private:
    std::shared_ptr<const RowShape> shape_;
    std::shared_ptr<std::vector<RecordBatch>> batches_;
    std::size_t next_ = 0;
};

class PreparedTransport final : public Transport {
  public:
    explicit PreparedTransport(std::shared_ptr<std::vector<RecordBatch>> batches) : batches_(std::move(batches)) {}
    void check_reachable() override {}
    bool yields_documents() const override { return false; }
    std::unique_ptr<Source> open_rows(const EntityDefinition& entity, std::string_view) override {
        return std::make_unique<PreparedSource>(entity, batches_);
    }

  private:
    std::shared_ptr<std::vector<RecordBatch>> batches_;
};

/// Half terms of each pupil in the made rows: six a year.
constexpr std::uint64_t kHalfTerms = 6;

}  // namespace

ConnectorDefinition attendance_definition() {
    ConnectorDefinition definition = ConnectorDefinition::load(home_folder() / "connectors" / "education");
    std::erase_if(definition.entities, [](const EntityDefinition& entity) { return entity.name != "attendance"; });
    return definition;
}

const std::vector<std::string>& AttendanceRows::row(std::uint64_t row) {
    const std::uint64_t half_term = row % kHalfTerms;
    const std::uint64_t pupil = row / kHalfTerms % kPupils;
    const std::uint64_t year = 2018 + row / kHalfTerms / kPupils;
    const std::uint64_t random = hash64({reinterpret_cast<const char*>(&row), sizeof row}, kSeed);
    const unsigned possible = 60 + static_cast<unsigned>(random % 16);
    const unsigned missed = static_cast<unsigned>(random >> 8) % 12;
    const unsigned unauthorised = missed / 3;
    static constexpr const char* kStart[] = {"-09-03", "-11-02", "-01-05", "-02-22", "-04-13", "-06-01"};
    static constexpr const char* kEnd[] = {"-10-23", "-12-18", "-02-12", "-03-27", "-05-22", "-07-21"};
    const std::uint64_t calendar = half_term < 2 ? year : year + 1;
    fields_ = {
        fmt::format("{}", 200'000 + pupil),
        fmt::format("{}/{:02}", year, (year + 1) % 100),
        fmt::format("HT{}", half_term + 1),
        fmt::format("{}", 4000 + random % 280),
        fmt::format("{}{}", calendar, kStart[half_term]),
        fmt::format("{}{}", calendar, kEnd[half_term]),
        fmt::format("{}", possible),
        fmt::format("{}", possible - missed),
        fmt::format("{}", missed - unauthorised),
        fmt::format("{}", unauthorised),
        (random >> 20) % 4 == 0 ? "2" : "",
        fmt::format("{}", (random >> 24) % 5),
        fmt::format("{:.2f}", 100.0 * (possible - missed) / possible),
        fmt::format("{}{} 16:30:00", calendar, kEnd[half_term]),
    };
    return fields_;
}

std::vector<RecordBatch> attendance_batches(const EntityDefinition& entity, std::uint64_t rows) {
    const auto shape = std::make_shared<const RowShape>(RowShape{entity.columns, entity.columns.size()});
    std::vector<RecordBatch> batches;
    AttendanceRows made;
    for (std::uint64_t row = 0; row < rows; ++row) {
        if (batches.empty() || batches.back().full()) batches.emplace_back(shape);
        RecordBatch& batch = batches.back();
        const std::vector<std::string>& fields = made.row(row);
        batch.begin_row({0, row + 1, 0});
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].empty()) {
                batch.set_missing(i, Missing::null);
            } else {
                batch.set(i, fields[i]);
            }
        }
        batch.commit_row();
    }
    return batches;
}

void know_pupils(PeopleOfRun& people) {
    people.store.add_system("education", 2);
    people.store.seal();
    people.shields = std::make_unique<Shields>(people.store, people.linked, people.identity.person);
    people.crosswalk.reserve(kPupils);
    for (std::uint32_t pupil = 0; pupil < kPupils; ++pupil)
        people.crosswalk.insert(SystemId{0}, std::to_string(200'000 + pupil), {PersonId{pupil + 1}, 2, kAccessOpen});
}

JobSystem system_in_memory(std::shared_ptr<const ConnectorDefinition> definition,
                           std::shared_ptr<std::vector<RecordBatch>> batches) {
    JobSystem system;
    system.settings.name = definition->name;
    system.connector =
        std::make_unique<Connector>(definition, std::make_unique<PreparedTransport>(std::move(batches)), nullptr);
    system.definition = std::move(definition);
    return system;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace caseweave::bench
