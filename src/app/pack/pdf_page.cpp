#include "app/pack/pdf_page.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "app/job/state_folder.hpp"
#include "app/job/timed_program.hpp"

namespace caseweave {

namespace {

/// Chromium takes fifteen seconds for the page of eleven systems on a busy machine; a slow one gets eight times that.
constexpr std::chrono::seconds kTimeLimit{120};

/// Gives the path of a program of PATH; "" where it has none of that name.
std::string find_program(std::string_view name) {
    const char* path = std::getenv("PATH");
    std::string_view folders = path == nullptr ? "" : path;
    while (!folders.empty()) {
        const std::string_view folder = folders.substr(0, folders.find(':'));
        folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
        if (folder.empty() || folder.front() != '/') continue;  // the working directory is not trusted
        std::string program = fmt::format("{}/{}", folder, name);
        if (::access(program.c_str(), X_OK) == 0) return program;
    }
    return "";
}

/// The page and what chromium writes beside it (its profile) go with this folder.
class ScratchFolder {
  public:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "caseweave-pdf-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

std::vector<std::string> chromium_words(const std::string& program, const std::filesystem::path& page,
                                        const std::filesystem::path& pdf, const std::string& scratch) {
    std::vector<std::string> words = {program,
                                      "--headless",
                                      "--disable-gpu",
                                      "--no-first-run",
                                      "--disable-extensions",
                                      "--disable-background-networking",
                                      "--host-resolver-rules=MAP * ~NOTFOUND",
                                      "--user-data-dir=" + scratch,
                                      "--no-pdf-header-footer",
                                      "--print-to-pdf=" + pdf.string()};
    // Its sandbox refuses root; the page is this program's own and holds no script.
    if (::geteuid() == 0) words.emplace_back("--no-sandbox");
    words.push_back("file://" + page.string());
    return words;
}

/// Opens what a page folds away: paper has nothing to click on.
std::string unfolded(std::string_view html) {
    constexpr std::string_view kFolded = "<details>";
    std::string page(html);
    for (std::size_t at = page.find(kFolded); at != page.npos; at = page.find(kFolded, at + kFolded.size()))
        page.insert(at + kFolded.size() - 1, " open");
    return page;
}

}  // namespace

std::string print_page(std::string_view html, const std::filesystem::path& pdf, std::string& why) {
    const ScratchFolder scratch;
    if (scratch.path().empty()) {
        why = "there is no room for a scratch folder";
        return "";
    }
    const std::filesystem::path page = std::filesystem::path(scratch.path()) / "page.html";
    write_file_whole(page, unfolded(html));
    std::vector<std::string> words;
    std::string name;
    if (const std::string program = find_program("weasyprint"); !program.empty()) {
        name = "weasyprint";
        words = {program, page.string(), pdf.string()};
    } else if (const std::string chromium = find_program("chromium"); !chromium.empty()) {
        name = "chromium";
        words = chromium_words(chromium, page, pdf, scratch.path());
    } else {
        why = "neither weasyprint nor chromium is installed";
        return "";
    }
    const char* path = std::getenv("PATH");
    const ProgramEnd end = run_timed(words, {"PATH=" + std::string(path), "HOME=" + scratch.path(), "LANG=C.UTF-8"},
                                     kTimeLimit, ProgramOutput::nowhere);
    std::error_code error;
    if (end.succeeded() && std::filesystem::file_size(pdf, error) > 0 && !error) {
        ::chmod(pdf.c_str(), 0600);
        return name;
    }
    std::filesystem::remove(pdf, error);
    why = end.out_of_time ? fmt::format("{} took longer than {} s", name, kTimeLimit.count()) : name + " failed";
    return "";
}

}  // namespace caseweave
