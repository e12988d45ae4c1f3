// Holds the #include lines of the tree against the direction that DESIGN section 5 states, and against what each
// folder's CMakeLists.txt says it depends on.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace caseweave {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path kRoot = CASEWEAVE_SOURCE_DIR;
const Names kFoundations = {"core", "text", "canonical", "settings", "people", "pipeline", "ledger", "postgres"};
const Names kStages = {"extract", "normalise", "link", "consolidate", "load", "reconcile", "evaluate", "attest"};
// Lower first: a foundation may include what stands before it, never what stands behind.
const std::vector<std::string> kFoundationOrder = {"core",   "text",     "settings", "canonical",
                                                   "people", "postgres", "pipeline", "ledger"};

// The folders of src/app, lowest first; the commands, beside them in src/app, may include all of them.
const std::vector<std::string> kAppOrder = {"writing",  "job",   "people_files", "reading", "placing", "record",
                                            "deciding", "books", "proof",        "runs",    "pack"};

struct SourceFile {
    fs::path path;  // from the root
    std::string folder;
    std::string text;
    std::vector<std::string> quoted_includes;
    std::vector<std::string> system_includes;
};

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Reads every C++ file below a folder of the tree; `folder` of each is the first folder below `top`.
std::vector<SourceFile> files_below(const std::string& top) {
    static const std::regex kInclude(R"(^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">])", std::regex::multiline);
    std::vector<SourceFile> files;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".cpp" && extension != ".hpp") continue;
        SourceFile file;
        file.path = fs::relative(entry.path(), kRoot);
        const fs::path below = fs::relative(entry.path(), kRoot / top);
        file.folder = below.has_parent_path() ? below.begin()->string() : "";
        file.text = read(entry.path());
        for (std::sregex_iterator found(file.text.begin(), file.text.end(), kInclude), end; found != end; ++found)
            ((*found)[1] == "\"" ? file.quoted_includes : file.system_includes).push_back((*found)[2]);
        files.push_back(std::move(file));
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

const std::vector<SourceFile>& product_files() {
    static const std::vector<SourceFile> files = files_below("src");
    return files;
}
const std::vector<SourceFile>& connector_files() {
    static const std::vector<SourceFile> files = files_below("connectors");
    return files;
}

/// The first folder of an include: "core" of "core/arena.hpp"; "" for a file beside the includer.
std::string folder_of(const std::string& include) {
    const std::size_t slash = include.find('/');
    return slash == std::string::npos ? "" : include.substr(0, slash);
}

/// Reads `caseweave_library(name ... DEPENDS a b ...)`; all that each library may include, by its own statement.
std::map<std::string, Names> declared_dependencies() {
    static const std::regex kLibrary(R"(caseweave_library\(([^)]*)\))");
    std::map<std::string, Names> declared;
    std::vector<fs::path> lists;
    for (const char* top : {"src", "connectors"}) {
        for (const auto& entry : fs::recursive_directory_iterator(kRoot / top))
            if (entry.path().filename() == "CMakeLists.txt") lists.push_back(entry.path());
    }
    for (const fs::path& list : lists) {
        const std::string text = read(list);
        for (std::sregex_iterator found(text.begin(), text.end(), kLibrary), end; found != end; ++found) {
            std::istringstream words((*found)[1]);
            std::string name;
            std::string section;
            words >> name;
            for (std::string word; words >> word;) {
                if (word == "SOURCES" || word == "DEPENDS" || word == "SYSTEM") {
                    section = word;
                } else if (section == "DEPENDS") {
                    declared[name].insert(word);
                }
            }
            declared[name].insert(name);
        }
    }
    return declared;
}

TEST(Dependencies, EveryFolderOfSrcIsAFoundationAStageOrTheApp) {
    ASSERT_GT(product_files().size(), 50U) << "the test reads the wrong folder";
    for (const SourceFile& file : product_files()) {
        EXPECT_TRUE(kFoundations.contains(file.folder) || kStages.contains(file.folder) || file.folder == "app" ||
                    file.path == "src/main.cpp")
            << file.path;
    }
}

TEST(Dependencies, FoundationsIncludeOnlyFoundationsBelowThem) {
    for (const SourceFile& file : product_files()) {
        const auto own = std::find(kFoundationOrder.begin(), kFoundationOrder.end(), file.folder);
        if (own == kFoundationOrder.end()) continue;
        for (const std::string& include : file.quoted_includes) {
            const std::string folder = folder_of(include);
            if (folder.empty() || folder == "reference") continue;
            const auto other = std::find(kFoundationOrder.begin(), kFoundationOrder.end(), folder);
            EXPECT_TRUE(other != kFoundationOrder.end() && other <= own) << file.path << " includes " << include;
        }
    }
}

TEST(Dependencies, StagesIncludeFoundationsAndNeverEachOther) {
    for (const SourceFile& file : product_files()) {
        if (!kStages.contains(file.folder)) continue;
        for (const std::string& include : file.quoted_includes) {
            const std::string folder = folder_of(include);
            EXPECT_TRUE(folder.empty() || folder == file.folder || kFoundations.contains(folder))
                << file.path << " includes " << include;
        }
    }
}

TEST(Dependencies, OnlyTheAppIncludesTheApp) {
    for (const SourceFile& file : product_files()) {
        if (file.folder == "app" || file.path == "src/main.cpp") continue;
        for (const std::string& include : file.quoted_includes)
            EXPECT_NE(folder_of(include), "app") << file.path << " includes " << include;
    }
}

TEST(Dependencies, FoldersOfTheAppIncludeOnlyThoseBelowThem) {
    Names found;
    for (const SourceFile& file : product_files()) {
        if (file.folder != "app" || file.path.parent_path() == "src/app") continue;
        const std::string folder = file.path.parent_path().filename();
        const auto own = std::find(kAppOrder.begin(), kAppOrder.end(), folder);
        ASSERT_NE(own, kAppOrder.end()) << file.path;
        found.insert(folder);
        for (const std::string& include : file.quoted_includes) {
            if (folder_of(include) != "app") continue;
            const std::string other = folder_of(include.substr(4));
            const auto place = std::find(kAppOrder.begin(), kAppOrder.end(), other);
            EXPECT_TRUE(place != kAppOrder.end() && place <= own) << file.path << " includes " << include;
        }
    }
    EXPECT_EQ(found.size(), kAppOrder.size()) << "the test reads the wrong folders";
}

TEST(Dependencies, NothingInSrcIncludesConnectors) {
    for (const SourceFile& file : product_files()) {
        for (const std::string& include : file.quoted_includes)
            EXPECT_EQ(include.find("connectors/"), std::string::npos) << file.path << " includes " << include;
    }
}

TEST(Dependencies, ConnectorsIncludeWhatTheyMay) {
    ASSERT_GT(connector_files().size(), 10U) << "the test reads the wrong folder";
    const Names below = {"core", "text", "settings", "extract"};
    for (const SourceFile& file : connector_files()) {
        EXPECT_TRUE(file.folder == "transports" || file.folder == "formats" || file.path == "connectors/register.cpp")
            << file.path << ": a connector's folder holds no C++";
        for (const std::string& include : file.quoted_includes) {
            const bool own_tree =
                include.starts_with("connectors/transports/") || include.starts_with("connectors/formats/");
            EXPECT_TRUE(own_tree || folder_of(include).empty() || below.contains(folder_of(include)))
                << file.path << " includes " << include;
        }
    }
}

TEST(Dependencies, TransportsAndFormatsAreIndependentAxes) {
    for (const SourceFile& file : connector_files()) {
        if (file.path == "connectors/register.cpp") continue;
        const std::string other = file.folder == "transports" ? "connectors/formats/" : "connectors/transports/";
        for (const std::string& include : file.quoted_includes)
            EXPECT_FALSE(include.starts_with(other)) << file.path << " includes " << include;
    }
}

TEST(Dependencies, EachFolderIncludesOnlyWhatItDeclares) {
    const std::map<std::string, Names> declared = declared_dependencies();
    for (const SourceFile& file : product_files()) {
        if (file.folder.empty()) continue;
        const auto own = declared.find(file.folder);
        ASSERT_NE(own, declared.end()) << "src/" << file.folder << " declares no library";
        for (const std::string& include : file.quoted_includes) {
            const std::string folder = folder_of(include);
            if (!kFoundations.contains(folder) && !kStages.contains(folder)) continue;
            EXPECT_TRUE(own->second.contains(folder))
                << file.path << " includes " << include << ", but src/" << file.folder
                << "/CMakeLists.txt does not list " << folder << " under DEPENDS";
        }
    }
}

// All types share one namespace: the linker takes what two of one name generate, such as their vectors, for one.
TEST(Dependencies, HeadersGiveEachTypeANameOfItsOwn) {
    static const std::regex kType(R"(^(?:struct|class|enum class) (\w+)[^;{]*\{)", std::regex::multiline);
    std::map<std::string, fs::path> defined;
    for (const auto* files : {&product_files(), &connector_files()}) {
        for (const SourceFile& file : *files) {
            if (file.path.extension() != ".hpp") continue;
            for (std::sregex_iterator found(file.text.begin(), file.text.end(), kType), end; found != end; ++found) {
                const auto [first, is_new] = defined.emplace((*found)[1], file.path);
                EXPECT_TRUE(is_new) << (*found)[1] << " is defined in " << first->second << " and " << file.path;
            }
        }
    }
    EXPECT_GT(defined.size(), 100U) << "the test reads the wrong files";
}

/// Blanks comments, so that what a comment quotes is not taken for code. String literals stay.
std::string without_comments(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        if (text.compare(i, 3, "R\"(") == 0) {
            const std::size_t end = std::min(text.find(")\"", i), text.size());
            result.append(text, i, end - i);
            i = end;
        } else if (text[i] == '"') {
            std::size_t end = i + 1;
            while (end < text.size() && text[end] != '"' && text[end] != '\n') end += text[end] == '\\' ? 2U : 1U;
            end = std::min(end + 1, text.size());
            result.append(text, i, end - i);
            i = end;
        } else if (text.compare(i, 2, "//") == 0) {
            i = std::min(text.find('\n', i), text.size());
        } else if (text.compare(i, 2, "/*") == 0) {
            i = std::min(text.find("*/", i), text.size() - 2) + 2;
        } else if (text.compare(i, 3, "'\"'") == 0 || text.compare(i, 4, "'\\\"'") == 0) {
            i += 3;  // a quote as a character opens no string
        } else {
            result += text[i++];
        }
    }
    return result;
}

/// Names of the systems: folders with a connector.toml.
Names systems() {
    Names names;
    for (const auto& entry : fs::directory_iterator(kRoot / "connectors"))
        if (fs::exists(entry.path() / "connector.toml")) names.insert(entry.path().filename().string());
    return names;
}

TEST(SystemNames, NoStageTransportOrFormatKnowsASystem) {
    const Names names = systems();
    ASSERT_GE(names.size(), 11U);
    // Service areas share their names with three systems: they stand where areas are defined, and where an area or the
    // word an operator types for it becomes a database role.
    const Names areas = {"social_care", "education", "youth_justice"};
    const auto speaks_of_areas = [](const SourceFile& file) {
        return Names{"canonical", "settings", "load"}.contains(file.folder) || file.path == "src/app/job/viewer.cpp";
    };
    // SEND, special educational needs and disabilities, is a word of the field before it is a system's name.
    const auto is_abbreviation = [](const SourceFile& file, const std::string& literal) {
        return file.path == "src/canonical/name_words.cpp" && literal == "send";
    };
    static const std::regex kLiteral("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    for (const auto* files : {&product_files(), &connector_files()}) {
        for (const SourceFile& file : *files) {
            const std::string code = without_comments(file.text);
            for (std::sregex_iterator found(code.begin(), code.end(), kLiteral), end; found != end; ++found) {
                const std::string literal = (*found)[1];
                if (!names.contains(literal)) continue;
                EXPECT_TRUE((areas.contains(literal) && speaks_of_areas(file)) || is_abbreviation(file, literal))
                    << file.path << " names the system \"" << literal << "\"; what differs by system belongs into "
                    << "connectors/" << literal;
            }
        }
    }
}

TEST(SystemNames, AreFoundInCode) {
    // The search itself: a comment is not code, a string is.
    EXPECT_EQ(without_comments("a // \"send\"\nb /* \"send\" */ c"), "a \nb  c");
    EXPECT_EQ(without_comments("f(\"send // not a comment\")"), "f(\"send // not a comment\")");
    EXPECT_EQ(without_comments("c == '\"' || x // y"), "c ==  || x ");
}

TEST(BuildTime, AtMostThreeUnitsCompileHttps) {
    // Each costs half a minute to compile, and with sanitizers minutes and gigabytes.
    std::vector<SourceFile> all;
    for (const char* top : {"src", "connectors", "tools", "tests"}) {
        for (SourceFile& file : files_below(top)) all.push_back(std::move(file));
    }
    Names units;
    for (const SourceFile& file : all) {
        const bool beast =
            std::any_of(file.system_includes.begin(), file.system_includes.end(), [](const auto& include) {
                return include.starts_with("boost/beast") || include.starts_with("boost/asio/ssl");
            });
        if (!beast) continue;
        EXPECT_EQ(file.path.extension(), ".cpp") << file.path << ": a header spreads the cost to whoever includes it";
        units.insert(file.path.string());
    }
    EXPECT_LE(units.size(), 3U) << testing::PrintToString(units);
}

}  // namespace
}  // namespace caseweave
