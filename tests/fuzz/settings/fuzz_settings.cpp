// Input: one byte that chooses the reader, then a file in any bytes. Every file is read or refused by an Error that
// names a line; nothing else may come out.
#include <stdlib.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "settings/connector_definition.hpp"
#include "settings/job.hpp"
#include "settings/survivorship.hpp"
#include "settings/toml_table.hpp"

namespace {

using namespace caseweave;

/// A folder of this process, in memory where the machine has such a place; gone with the process.
const std::filesystem::path& folder() {
    struct Folder {
        std::filesystem::path path;
        Folder() {
            std::string name =
                std::filesystem::exists("/dev/shm") ? "/dev/shm/caseweave-fuzz-XXXXXX" : "/tmp/caseweave-fuzz-XXXXXX";
            if (mkdtemp(name.data()) == nullptr) std::abort();
            path = name;
        }
        ~Folder() {
            std::error_code ignored;
            std::filesystem::remove_all(path, ignored);
        }
    };
    static const Folder made;
    return made.path;
}

std::filesystem::path write(const char* name, std::string_view content) {
    const std::filesystem::path file = folder() / name;
    std::FILE* out = std::fopen(file.c_str(), "wb");
    if (out == nullptr) std::abort();
    std::fwrite(content.data(), 1, content.size(), out);
    std::fclose(out);
    return file;
}

/// Asks a table every question under every key it has, as a careless reader would.
void ask_everything(const TomlTable& table, int depth) {
    constexpr int kDeepest = 8;
    for (const std::string& key : table.keys()) {
        const auto attempt = [&](const auto& question) {
            try {
                question();
            } catch (const SettingsError&) {
            }
        };
        attempt([&] { table.string(key); });
        attempt([&] { table.integer(key, 0); });
        attempt([&] { table.number(key, 0); });
        attempt([&] { table.boolean(key, false); });
        attempt([&] { table.strings(key); });
        attempt([&] { table.integer_pairs(key); });
        attempt([&] { table.fail(key, "asked"); });
        if (depth >= kDeepest) continue;
        attempt([&] { ask_everything(table.table(key), depth + 1); });
        attempt([&] {
            for (const TomlTable& entry : table.tables(key)) ask_everything(entry, depth + 1);
        });
    }
    table.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        switch (data[0] % 4) {
            case 0:
                ask_everything(TomlTable::parse(bytes, "fuzz.toml"), 0);
                break;
            case 1:
                write("connector.toml", bytes);
                ConnectorDefinition::load(folder());
                break;
            case 2:
                Job::load(write("job.toml", bytes), {{"state", "/tmp/a \"quoted\" path"}, {"input", ""}});
                break;
            default:
                SurvivorshipSettings::load(write("survivorship.toml", bytes));
                break;
        }
    } catch (const Error& error) {
        if (error.exit_code() != ExitCode::usage || *error.what() == '\0') std::abort();
    }
    return 0;
}
