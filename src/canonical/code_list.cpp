#include "canonical/code_list.hpp"

#include <charconv>
#include <fstream>
#include <string>

#include "core/error.hpp"

namespace caseweave {

namespace {

std::string upper(std::string_view code) {
    while (!code.empty() && code.front() == ' ') code.remove_prefix(1);
    while (!code.empty() && code.back() == ' ') code.remove_suffix(1);
    std::string result(code);
    for (char& c : result) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return result;
}

/// Takes the next field off a CSV line; quotes allow commas, doubled quotes stand for one.
std::string take_field(std::string_view& line) {
    std::string field;
    if (line.starts_with('"')) {
        std::size_t i = 1;
        for (; i < line.size(); ++i) {
            if (line[i] != '"') {
                field += line[i];
            } else if (i + 1 < line.size() && line[i + 1] == '"') {
                field += line[i++];
            } else {
                break;
            }
        }
        line.remove_prefix(std::min(line.size(), i + 1));
    } else {
        const std::size_t end = std::min(line.size(), line.find(','));
        field = line.substr(0, end);
        line.remove_prefix(end);
    }
    if (line.starts_with(',')) line.remove_prefix(1);
    return field;
}

/// Reads the year a text starts with; `otherwise` where it starts with none.
int year_of(std::string_view text, int otherwise) {
    int year = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), year);
    return error == std::errc() && stop == text.data() + 4 ? year : otherwise;
}

CodeMeaning read_meaning(const std::string& text, const std::filesystem::path& file, unsigned line) {
    if (text.empty()) return CodeMeaning::known;
    if (text == "refused") return CodeMeaning::refused;
    if (text == "not_known") return CodeMeaning::not_known;
    throw SettingsError(file.string(), line, 1, "meaning \"" + text + "\" is not one of not_known refused");
}

}  // namespace

CodeList CodeList::load(const std::filesystem::path& file, int year) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Error(ErrorKind::usage, "cannot read code list " + file.string());
    CodeList list;
    std::string line;
    bool has_meaning = false;
    for (unsigned number = 1; std::getline(in, line); ++number) {
        if (line.ends_with('\r')) line.pop_back();
        if (number == 1) has_meaning = line.ends_with(",meaning");
        if (number == 1 || line.empty()) continue;  // header
        std::string_view rest = line;
        const std::string code = take_field(rest);
        const std::string second = take_field(rest);
        const CodeMeaning meaning = has_meaning ? read_meaning(take_field(rest), file, number) : CodeMeaning::known;
        const std::string valid_from = take_field(rest);
        const std::string valid_to = take_field(rest);
        if (year != 0 && (year < year_of(valid_from, year) || year > year_of(valid_to, year))) continue;
        if (!list.entries_.emplace(upper(code), second).second) {
            throw SettingsError(file.string(), number, 1, "code \"" + code + "\" stands twice");
        }
        list.spellings_.emplace(upper(code), code);
        if (meaning != CodeMeaning::known) list.meanings_.emplace(upper(code), meaning);
    }
    return list;
}

const std::string* CodeList::find(std::string_view code) const {
    const auto exact = entries_.find(code);
    if (exact != entries_.end()) return &exact->second;
    const auto found = entries_.find(upper(code));
    return found == entries_.end() ? nullptr : &found->second;
}

CodeMeaning CodeList::meaning(std::string_view code) const {
    if (meanings_.empty()) return CodeMeaning::known;
    const auto found = meanings_.find(upper(code));
    return found == meanings_.end() ? CodeMeaning::known : found->second;
}

const std::string* CodeList::spelling(std::string_view code) const {
    const auto exact = spellings_.find(code);
    if (exact != spellings_.end()) return &exact->second;
    const auto found = spellings_.find(upper(code));
    return found == spellings_.end() ? nullptr : &found->second;
}

}  // namespace caseweave
