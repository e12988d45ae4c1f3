#include "integration/files/people_files.hpp"

#include <algorithm>
#include <set>

namespace caseweave::testing {

std::vector<std::vector<std::string>> csv_rows(std::string_view text) {
    std::vector<std::vector<std::string>> rows(1);
    std::string field;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            field += text[i++];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (quoted || (c != ',' && c != '\n')) {
            field += c;
        } else {
            rows.back().push_back(std::move(field));
            field.clear();
            if (c == '\n') rows.emplace_back();
        }
    }
    rows.pop_back();
    if (!rows.empty()) rows.erase(rows.begin());
    return rows;
}

std::string PeopleFolder::write(const std::string& name, std::string_view text) const {
    write_text(folder_.path() / name, text);
    return path(name);
}

std::vector<std::string> PeopleFolder::names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

Clusters::Clusters(std::string_view csv) : rows_(csv_rows(csv)) {
    for (const auto& row : rows_) of_[row.at(0) + ":" + row.at(1)] = row.at(2);
}

std::size_t Clusters::count() const {
    std::set<std::string> clusters;
    for (const auto& row : rows_) clusters.insert(row.at(2));
    return clusters.size();
}

}  // namespace caseweave::testing
