#include "app/books/owner_file.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

#include "app/writing/output_file.hpp"
#include "core/error.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

void write_csv(OutputFile& file, const OwnerTable& table) {
    CsvWriter writer(file);
    for (const std::string& title : table.titles) writer.field(title);
    writer.end_row();
    for (const auto& row : table.rows) {
        for (const std::string& field : row) writer.field(field);
        writer.end_row();
    }
}

/// Excel takes no more characters, and none of []:*?/\ nor an apostrophe at an end, in the name of a sheet.
constexpr std::size_t kSheetNameCharacters = 31;

/// Makes a sheet's name of an owner's, unlike those before it whatever their case.
std::string sheet_name(const std::string& owner, std::set<std::string>& taken) {
    std::string plain;
    for (const char c : owner) plain += std::string_view("[]:*?/\\'").find(c) == std::string_view::npos ? c : ' ';
    const auto cut = [](std::string_view name, std::size_t characters) {
        std::size_t at = 0;
        for (; at < name.size() && characters > 0; --characters) at += text::decode_code_point(name, at).length_bytes;
        return std::string(name.substr(0, at));
    };
    const auto lower = [](std::string name) {
        std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        return name;
    };
    std::string name = cut(plain, kSheetNameCharacters);
    for (unsigned again = 2; !taken.insert(lower(name)).second; ++again) {
        const std::string number = fmt::format(" ({})", again);
        name = cut(plain, kSheetNameCharacters - number.size()) + number;
    }
    return name;
}

/// Holds a workbook that is written into memory only: what it says of people is on no disk until the file is whole.
class Workbook {
  public:
    Workbook() : memory_(::memfd_create("workbook", MFD_CLOEXEC)) {
        if (memory_ < 0) fail(std::strerror(errno));
        book_ = workbook_new(fmt::format("/proc/self/fd/{}", memory_).c_str());
        if (book_ == nullptr) fail("out of memory");
    }
    Workbook(const Workbook&) = delete;
    Workbook& operator=(const Workbook&) = delete;
    ~Workbook() {
        if (book_ != nullptr) workbook_close(book_);
        ::close(memory_);
    }

    lxw_workbook* book() noexcept { return book_; }
    void check(lxw_error error) const {
        if (error != LXW_NO_ERROR) fail(lxw_strerror(error));
    }
    /// Closes the workbook and copies it to the file.
    void write_to(OutputFile& file) {
        lxw_workbook* book = book_;
        book_ = nullptr;
        check(workbook_close(book));
        std::array<char, 64 * 1024> buffer{};
        for (off_t at = 0;;) {
            const ssize_t bytes = ::pread(memory_, buffer.data(), buffer.size(), at);
            if (bytes < 0) fail(std::strerror(errno));
            if (bytes == 0) return;
            file.write({buffer.data(), static_cast<std::size_t>(bytes)});
            at += bytes;
        }
    }

  private:
    [[noreturn]] static void fail(std::string_view reason) {
        throw Error(ErrorKind::target, fmt::format("cannot make the workbook: {}", reason));
    }

    int memory_;
    lxw_workbook* book_ = nullptr;
};

void write_xlsx(OutputFile& file, const OwnerTable& table) {
    const auto& rows = table.rows;
    Workbook workbook;
    lxw_format* bold = workbook_add_format(workbook.book());
    format_set_bold(bold);
    std::set<std::string> taken;
    const auto begin_sheet = [&](const std::string& owner) {
        lxw_worksheet* sheet = workbook_add_worksheet(workbook.book(), sheet_name(owner, taken).c_str());
        if (sheet == nullptr) workbook.check(LXW_ERROR_SHEETNAME_ALREADY_USED);
        for (std::size_t i = 0; i < table.titles.size(); ++i)
            workbook.check(worksheet_write_string(sheet, 0, static_cast<lxw_col_t>(i), table.titles[i].c_str(), bold));
        worksheet_freeze_panes(sheet, 1, 0);
        return sheet;
    };
    if (rows.empty()) begin_sheet(table.empty_sheet);
    lxw_worksheet* sheet = nullptr;
    lxw_row_t line = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        // An owner with more rows than a sheet holds goes on in another.
        if (r == 0 || rows[r].front() != rows[r - 1].front() || line + 1 == LXW_ROW_MAX) {
            sheet = begin_sheet(rows[r].front());
            line = 0;
        }
        ++line;
        // Texts, so that a key such as =1+1 or 007 stays what it is.
        for (std::size_t i = 0; i < rows[r].size(); ++i)
            workbook.check(worksheet_write_string(sheet, line, static_cast<lxw_col_t>(i), rows[r][i].c_str(), nullptr));
    }
    workbook.write_to(file);
}

bool is_workbook(const std::filesystem::path& file) {
    return file.extension() == ".xlsx";
}

}  // namespace

void require_owner_file(const std::filesystem::path& file) {
    if (file == "-" || file.extension() == ".csv" || is_workbook(file)) return;
    throw Error(ErrorKind::usage, "--output takes a file named .csv or .xlsx, or -, not " + file.string());
}

void write_owner_file(const std::filesystem::path& file, const OwnerTable& table) {
    require_owner_file(file);
    OutputFile out(file, {});
    is_workbook(file) ? write_xlsx(out, table) : write_csv(out, table);
    out.finish();
}

}  // namespace caseweave
