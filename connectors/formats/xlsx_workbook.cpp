#include "connectors/formats/xlsx_workbook.hpp"

#include <fmt/core.h>
#include <unzip.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/xml_events.hpp"
#include "core/error.hpp"

namespace caseweave {

struct ZipPackage::Handle {
    unzFile file = nullptr;
    bool part_open = false;
    ~Handle() {
        if (part_open) unzCloseCurrentFile(file);
        if (file != nullptr) unzClose(file);
    }
};

ZipPackage::ZipPackage(const std::string& path, std::string name, const XlsxBounds& bounds)
    : handle_(std::make_unique<Handle>()), name_(std::move(name)), bounds_(bounds) {
    handle_->file = unzOpen64(path.c_str());
    if (handle_->file == nullptr) {
        throw Error(ErrorKind::integrity, name_ + " is not an XLSX workbook, or is cut off; have it exported again");
    }
}

ZipPackage::~ZipPackage() = default;

bool ZipPackage::open(const std::string& part) {
    if (handle_->part_open) unzCloseCurrentFile(handle_->file);
    handle_->part_open = false;
    if (unzLocateFile(handle_->file, part.c_str(), 2) != UNZ_OK) return false;
    unz_file_info64 info{};
    const bool opened = unzGetCurrentFileInfo64(handle_->file, &info, nullptr, 0, nullptr, 0, nullptr, 0) == UNZ_OK &&
                        (info.flag & 1U) == 0 && unzOpenCurrentFile(handle_->file) == UNZ_OK;
    if (!opened)
        throw Error(ErrorKind::integrity,
                    name_ + ": its part " + part + " is damaged or encrypted; have it exported again");
    handle_->part_open = true;
    part_ = part;
    packed_bytes_ = info.compressed_size;
    unpacked_bytes_ = 0;
    return true;
}

std::size_t ZipPackage::read(std::span<char> buffer) {
    /// Below this a part may be as repetitive as it likes: small sheets of blanks are.
    constexpr std::uint64_t kRatioFrom = 1024 * 1024;
    const int got = unzReadCurrentFile(handle_->file, buffer.data(), static_cast<unsigned>(buffer.size()));
    const auto fail = [&](const std::string& what) {
        throw Error(ErrorKind::integrity, name_ + ": its part " + part_ + " " + what);
    };
    if (got < 0) fail("is damaged; have it exported again");
    if (got == 0) {
        handle_->part_open = false;
        if (unzCloseCurrentFile(handle_->file) != UNZ_OK) fail("has a wrong checksum; have it exported again");
        return 0;
    }
    unpacked_bytes_ += static_cast<std::uint64_t>(got);
    if (unpacked_bytes_ > bounds_.max_unpacked_bytes)
        fail(fmt::format("is larger than {} bytes once unpacked; have it exported in parts, or {}",
                         bounds_.max_unpacked_bytes, where_raised("max_unpacked_bytes")));
    if (unpacked_bytes_ > kRatioFrom && unpacked_bytes_ > packed_bytes_ * bounds_.max_ratio)
        fail(fmt::format(
            "grows to more than {} times its size in unpacking, as no workbook of records does; where this one is "
            "sound, {}",
            bounds_.max_ratio, where_raised("max_ratio")));
    return static_cast<std::size_t>(got);
}

namespace {

/// Parses one whole part.
void parse_part(ZipPackage& package, const std::string& part, XmlEvents& events) {
    XmlEventParser parser(events, package.name() + " (" + part + ")");
    std::vector<char> piece(64 * 1024);
    for (std::size_t got = package.read(piece); got > 0; got = package.read(piece)) parser.parse({piece.data(), got});
    parser.finish();
}

struct WorkbookEvents final : XmlEvents {
    std::vector<std::pair<std::string, std::string>> sheets;  // name, relationship
    bool dates_from_1904 = false;
    void start_element(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "sheet") sheets.emplace_back(attributes.find("name"), attributes.find("id"));
        if (name == "workbookPr") {
            const std::string_view value = attributes.find("date1904");
            dates_from_1904 = value == "1" || value == "true";
        }
    }
    void end_element(std::string_view) override {}
    void text(std::string_view) override {}
};

struct RelationshipEvents final : XmlEvents {
    std::map<std::string, std::string, std::less<>> targets;
    void start_element(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "Relationship") targets.emplace(attributes.find("Id"), attributes.find("Target"));
    }
    void end_element(std::string_view) override {}
    void text(std::string_view) override {}
};

struct StyleEvents final : XmlEvents {
    std::map<int, bool> custom;
    std::vector<bool> style_is_date;
    bool in_cell_styles = false;

    static int number(std::string_view text) noexcept {
        int value = -1;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
    /// Formats that need no definition (ECMA-376 part 1, 18.8.30).
    static bool is_built_in_date(int id) noexcept {
        return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    }
    void start_element(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "numFmt")
            custom[number(attributes.find("numFmtId"))] = is_date_format(attributes.find("formatCode"));
        if (name == "cellXfs") in_cell_styles = true;
        if (name == "xf" && in_cell_styles && style_is_date.size() < 65536) {
            const int id = number(attributes.find("numFmtId"));
            const auto found = custom.find(id);
            style_is_date.push_back(found != custom.end() ? found->second : is_built_in_date(id));
        }
    }
    void end_element(std::string_view name) override {
        if (name == "cellXfs") in_cell_styles = false;
    }
    void text(std::string_view) override {}
};

struct SharedStringEvents final : XmlEvents {
    XlsxWorkbook* workbook;
    bool in_text = false;
    int phonetic = 0;  // readings of East Asian text are no part of it
    explicit SharedStringEvents(XlsxWorkbook& target) : workbook(&target) {}
    void start_element(std::string_view name, const XmlAttributes&) override {
        if (name == "rPh") ++phonetic;
        in_text = name == "t" && phonetic == 0;
    }
    void end_element(std::string_view name) override {
        if (name == "rPh") --phonetic;
        if (name == "si") workbook->shared_ends.push_back(workbook->shared_bytes.size());
        in_text = false;
    }
    void text(std::string_view piece) override {
        if (in_text) workbook->shared_bytes += piece;
    }
};

/// Names a part that a relationship of xl/workbook.xml points to.
std::string part_of_target(const std::string& target) {
    return target.starts_with('/') ? target.substr(1) : "xl/" + target;
}

}  // namespace

bool XlsxWorkbook::shared_string(std::size_t index, std::string_view& text) const noexcept {
    if (index >= shared_ends.size()) return false;
    const std::size_t begin = index == 0 ? 0 : shared_ends[index - 1];
    text = std::string_view(shared_bytes).substr(begin, shared_ends[index] - begin);
    return true;
}

XlsxWorkbook XlsxWorkbook::read(ZipPackage& package) {
    XlsxWorkbook workbook;
    WorkbookEvents contents;
    RelationshipEvents relationships;
    if (!package.open("xl/workbook.xml"))
        throw Error(ErrorKind::integrity, package.name() + " holds no workbook; have it exported again");
    parse_part(package, "xl/workbook.xml", contents);
    if (package.open("xl/_rels/workbook.xml.rels")) parse_part(package, "xl/_rels/workbook.xml.rels", relationships);
    workbook.dates_from_1904 = contents.dates_from_1904;
    for (const auto& [name, relationship] : contents.sheets) {
        const auto target = relationships.targets.find(relationship);
        if (target != relationships.targets.end()) workbook.sheets.push_back({name, part_of_target(target->second)});
    }
    if (package.open("xl/styles.xml")) {
        StyleEvents styles;
        parse_part(package, "xl/styles.xml", styles);
        workbook.style_is_date = std::move(styles.style_is_date);
    }
    if (package.open("xl/sharedStrings.xml")) {
        SharedStringEvents strings(workbook);
        parse_part(package, "xl/sharedStrings.xml", strings);
    }
    return workbook;
}

bool is_date_format(std::string_view code) noexcept {
    for (std::size_t i = 0; i < code.size(); ++i) {
        switch (code[i]) {
            case '"':
                i = std::min(code.find('"', i + 1), code.size() - 1);
                break;
            case '[':
                i = std::min(code.find(']', i + 1), code.size() - 1);
                break;
            case '\\':
            case '_':
            case '*':
                ++i;
                break;
            case 'd':
            case 'D':
            case 'm':
            case 'M':
            case 'y':
            case 'Y':
            case 'h':
            case 'H':
            case 's':
            case 'S':
                return true;
            default:
                break;
        }
    }
    return false;
}

std::string serial_to_iso(double serial, bool from_1904) {
    // 2958465 is 9999-12-31, the last day of the serial calendar.
    if (!(serial >= 0) || serial >= 2958466) return {};
    double day = std::floor(serial);
    auto second = static_cast<int>(std::lround((serial - day) * 86400));
    if (second == 86400) {
        second = 0;
        day += 1;
    }
    const std::string time = fmt::format("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if (day < 1 && !from_1904) return second > 0 ? time : std::string();
    // The 1900 calendar counts a 29 February 1900 that never was as day 60.
    if (!from_1904 && day == 60) return {};
    using std::chrono::days;
    const std::chrono::sys_days epoch =
        from_1904 ? std::chrono::sys_days(std::chrono::year{1904} / 1 / 1)
                  : std::chrono::sys_days(std::chrono::year{1899} / 12 / 30) + days(day < 60 ? 1 : 0);
    const std::chrono::year_month_day date(epoch + days(static_cast<int>(day)));
    std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    if (second > 0) text += " " + time;
    return text;
}

}  // namespace caseweave
