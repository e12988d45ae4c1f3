#include "app/reading/deliveries.hpp"

#include <algorithm>
#include <vector>

#include "app/job/state_folder.hpp"
#include "core/digest.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

namespace fs = std::filesystem;

/// Digests the files of a folder, names and contents, in name order.
std::string digest_folder(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::string text;
    for (const fs::path& file : files)
        text += fs::relative(file, folder).string() + ' ' +
                to_hex(digest_bytes(read_file_whole(file).value_or(std::string()))) + '\n';
    return to_hex(digest_bytes(text));
}

}  // namespace

std::optional<std::string> digest_delivery(JobSystem& system, const Job& job) {
    const std::optional<std::string> delivered = system.connector->delivery_digest();
    if (!delivered) return std::nullopt;
    std::string text = *delivered + '\n' + CASEWEAVE_VERSION + '\n' + std::to_string(system.settings.year) +
                       (job.accept_test_numbers ? " test numbers\n" : "\n");
    text += digest_folder(system.definition->folder) + digest_folder(home_folder() / "schemas" / "canonical");
    return to_hex(digest_bytes(text));
}

Deliveries digest_deliveries(JobSources& sources, const Job& job) {
    Deliveries deliveries;
    for (JobSystem& system : sources.systems()) {
        if (const auto digest = digest_delivery(system, job)) deliveries.emplace(system.definition->name, *digest);
    }
    return deliveries;
}

bool may_have_come(std::string_view value, Date then, Date now) {
    if (now.days <= then.days) return false;
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] < '0' || value[i] > '9') continue;
        if (i == 0 || value[i - 1] < '0' || value[i - 1] > '9') numbers.emplace_back();
        numbers.back().push_back(value[i]);
    }
    bool is_day = false;
    bool has_come = false;
    const auto take = [&](const std::string& year, const std::string& month, const std::string& day) {
        if (year.size() != 4 || month.size() > 2 || day.size() > 2) return;
        is_day = true;
        const auto m = static_cast<unsigned>(std::stoi(month));
        const auto d = static_cast<unsigned>(std::stoi(day));
        if (!is_calendar_date(std::stoi(year), m, d)) return;
        const std::int32_t at = to_date(std::stoi(year), m, d).days;
        has_come = has_come || (at > then.days && at <= now.days);
    };
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::string& number = numbers[i];
        if (number.size() == 8) {
            take(number.substr(0, 4), number.substr(4, 2), number.substr(6));
            take(number.substr(4), number.substr(2, 2), number.substr(0, 2));
        }
        if (i + 2 >= numbers.size()) continue;
        take(number, numbers[i + 1], numbers[i + 2]);
        take(numbers[i + 2], numbers[i + 1], number);
        take(numbers[i + 2], number, numbers[i + 1]);
    }
    if (is_day) return has_come;
    for (int year = to_civil(then).year; year <= to_civil(now).year; ++year)
        if (value.find(std::to_string(year % 100)) != std::string_view::npos) return true;
    return false;
}

Deliveries read_deliveries(TargetConnection& loader, Date today) {
    const TargetResult rows =
        loader.query("SELECT source_system, digest FROM lineage.source_delivery", {}, TargetConnection::kLongDeadline);
    Deliveries deliveries;
    for (std::size_t i = 0; i < rows.rows(); ++i)
        deliveries.emplace(std::string(rows.text(i, 0)), std::string(rows.text(i, 1)));
    const TargetResult waiting = loader.query(
        "SELECT DISTINCT f.source_system, f.raw_value, (r.started_at AT TIME ZONE 'UTC')::date - date '2000-01-01'"
        " FROM lineage.field_issue f JOIN lineage.run r USING (run_id) WHERE f.rule = 'impossible_date'",
        {}, TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < waiting.rows(); ++i) {
        const Date then{static_cast<std::int32_t>(waiting.integer(i, 2))};
        if (may_have_come(waiting.text(i, 1), then, today)) deliveries.erase(std::string(waiting.text(i, 0)));
    }
    return deliveries;
}

void write_deliveries(TargetConnection& loader, RunId run, const Deliveries& taken) {
    for (const auto& [system, digest] : taken) {
        loader.query(
            "INSERT INTO lineage.source_delivery (source_system, run_id, digest) VALUES ($1, $2, $3)"
            " ON CONFLICT (source_system) DO UPDATE SET run_id = excluded.run_id, digest = excluded.digest"
            " WHERE lineage.source_delivery.digest <> excluded.digest",
            {system, std::to_string(run.value), digest});
    }
}

}  // namespace caseweave
