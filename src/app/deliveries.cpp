#include "app/deliveries.hpp"

#include <algorithm>
#include <vector>

#include "app/state_folder.hpp"
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

Deliveries read_deliveries(TargetConnection& loader, Date today) {
    // A date that was yet to come when its row was read begins or ends with the year of one of these days.
    const std::string text = to_string(today);
    const std::string year = text.substr(0, 4);
    const std::string before = std::to_string(std::stoi(year) - 1);
    const TargetResult rows = loader.query(
        "SELECT source_system, digest FROM lineage.source_delivery d WHERE NOT EXISTS (SELECT FROM lineage.field_issue "
        "f"
        " WHERE f.source_system = d.source_system AND f.rule = 'impossible_date'"
        " AND (position($1 IN f.raw_value) > 0 OR position($2 IN f.raw_value) > 0))",
        {year, before}, TargetConnection::kLongDeadline);
    Deliveries deliveries;
    for (std::size_t i = 0; i < rows.rows(); ++i)
        deliveries.emplace(std::string(rows.text(i, 0)), std::string(rows.text(i, 1)));
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
