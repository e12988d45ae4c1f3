#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "conformance/connector_conformance.hpp"
#include "conformance/drop_manifest_file.hpp"

namespace caseweave::conformance {

namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_bytes(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

/// Deliveries of connectors that are read from a drop folder.
class Delivery : public ConnectorConformance {
  protected:
    void SetUp() override {
        ConnectorConformance::SetUp();
        const std::string manifest = manifest_name(definition());
        const auto staged = test_data()->stage();
        for (const auto& entry : fs::directory_iterator(staged->folder)) {
            const std::string name = entry.path().filename().string();
            if (name != manifest) files_.push_back(name);
        }
        std::sort(files_.begin(), files_.end());
        ASSERT_FALSE(files_.empty());
    }

    const std::vector<std::string>& files() const noexcept { return files_; }
    bool has_manifest() const { return !manifest_name(definition()).empty(); }

    /// Stages a delivery, lets `damage` have its folder, and expects verify() to refuse it by naming `words`.
    template <typename Damage>
    void expect_refused(const std::string& words, const Damage& damage) const {
        const auto staged = test_data()->stage();
        damage(staged->folder);
        const auto connector = staged->connect(shared_definition());
        const auto error = expect_error([&] { connector->verify(); }, words);
        if (error != nullptr) {
            EXPECT_EQ(error->kind(), ErrorKind::integrity) << error->what();
        }
    }

  private:
    std::vector<std::string> files_;
};

std::vector<std::string> file_drops() {
    std::vector<std::string> names;
    for (const std::string& name : connector_names()) {
        const auto connector = ConnectorDefinition::load(CASEWEAVE_SOURCE_DIR "/connectors/" + name);
        if (connector.transport == "file_drop") names.push_back(name);
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(FileDrops, Delivery, ::testing::ValuesIn(file_drops()),
                         [](const auto& parameter) { return parameter.param; });

TEST_P(Delivery, RefusesATruncatedFile) {
    const bool closed_format = definition().format == "xml" || definition().format == "xlsx";
    if (!has_manifest() && !closed_format) {
        cover("truncated file: not to be told, its deliveries have no manifest and its format no end");
        return;
    }
    for (const std::string& file : files()) {
        SCOPED_TRACE(file);
        expect_refused(
            file, [&](const fs::path& folder) { fs::resize_file(folder / file, fs::file_size(folder / file) - 12); });
        if (!closed_format) continue;
        // Also where the manifest was written after the file was cut.
        expect_refused(file, [&](const fs::path& folder) {
            fs::resize_file(folder / file, fs::file_size(folder / file) - 12);
            write_manifest(definition(), folder);
        });
    }
    cover("truncated file: each of " + std::to_string(files().size()) + " refused by name");
}

TEST_P(Delivery, RefusesAFileThatDoesNotHaveItsChecksum) {
    if (!has_manifest()) GTEST_SKIP() << "deliveries of " << GetParam() << " have no manifest";
    for (const std::string& file : files()) {
        SCOPED_TRACE(file);
        expect_refused(file, [&](const fs::path& folder) {
            std::string bytes = bytes_of(folder / file);
            char& byte = bytes[bytes.size() / 2];
            byte = byte == 'x' ? 'y' : 'x';
            write_bytes(folder / file, bytes);
        });
    }
    cover("wrong checksum: each of " + std::to_string(files().size()) + " files refused by name");
}

TEST_P(Delivery, RefusesAFileTheManifestDoesNotList) {
    if (!has_manifest()) GTEST_SKIP() << "deliveries of " << GetParam() << " have no manifest";
    for (const std::string& file : files()) {
        SCOPED_TRACE(file);
        expect_refused(file, [&](const fs::path& folder) {
            const fs::path manifest = folder / manifest_name(definition());
            std::string text = bytes_of(manifest);
            const std::size_t line = text.find("\n" + file + ",") + 1;
            text.erase(line, text.find('\n', line) + 1 - line);
            write_bytes(manifest, text);
        });
    }
    expect_refused(manifest_name(definition()),
                   [&](const fs::path& folder) { write_bytes(folder / manifest_name(definition()), ""); });
}

TEST_P(Delivery, RefusesAnotherNumberOfRowsThanTheManifestStates) {
    if (!has_manifest()) GTEST_SKIP() << "deliveries of " << GetParam() << " have no manifest";
    const std::string own_manifest = bytes_of(definition().folder / "testdata" / manifest_name(definition()));
    const auto deliver = [&](const fs::path& folder, const std::string& manifest) {
        for (const std::string& file : files())
            fs::copy_file(definition().folder / "testdata" / file, folder / file, fs::copy_options::overwrite_existing);
        write_bytes(folder / manifest_name(definition()), manifest);
    };
    {
        const auto staged = test_data()->stage();
        deliver(staged->folder, own_manifest);
        EXPECT_NO_THROW(staged->connect(shared_definition())->verify());
    }
    for (const std::string& file : files()) {
        SCOPED_TRACE(file);
        // file,bytes,rows,sha256
        const std::size_t bytes = own_manifest.find("\n" + file + ",") + 1 + file.size() + 1;
        const std::size_t begin = own_manifest.find(',', bytes) + 1;
        const std::size_t size = own_manifest.find(',', begin) - begin;
        ASSERT_GT(size, 0U) << "the manifest of testdata/ states no rows";
        const std::size_t rows = std::stoul(own_manifest.substr(begin, size));
        for (const std::size_t stated : {rows + 1, rows - 1}) {
            std::string manifest = own_manifest;
            manifest.replace(begin, size, std::to_string(stated));
            expect_refused(
                file + " holds " + std::to_string(rows) + " rows and its manifest states " + std::to_string(stated),
                [&](const fs::path& folder) { deliver(folder, manifest); });
        }
    }
    cover("wrong number of rows: each of " + std::to_string(files().size()) + " files refused by name");
}

TEST_P(Delivery, RefusesAFileNobodyReads) {
    if (definition().transport_settings.string("unknown_files", "stop") == "refuse") {
        // Such a delivery goes on without the file, but names it.
        const auto staged = test_data()->stage();
        write_bytes(staged->folder / "stray_2026.bak", "not of this delivery");
        const auto connector = staged->connect(shared_definition());
        connector->verify();
        const auto findings = connector->check(LookInto::records);
        EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [](const CheckFinding& finding) {
            return finding.level == CheckFinding::Level::warning &&
                   finding.what.find("stray_2026.bak") != std::string::npos;
        })) << "check() does not name the file";
        return;
    }
    expect_refused("stray_2026.bak", [&](const fs::path& folder) {
        write_bytes(folder / "stray_2026.bak", "not of this delivery");
        write_manifest(definition(), folder);
    });
}

TEST_P(Delivery, RefusesADeliveryThatLacksAFile) {
    const auto optional = definition().transport_settings.strings("optional_resources");
    for (const std::string& file : files()) {
        if (!has_manifest() && std::find(optional.begin(), optional.end(), file) != optional.end()) continue;
        SCOPED_TRACE(file);
        // By its own name where the manifest has it, else by the pattern it was looked for with.
        const auto staged = test_data()->stage();
        fs::remove(staged->folder / file);
        const auto connector = staged->connect(shared_definition());
        const auto error = expect_error([&] { connector->verify(); }, staged->folder.string());
        if (error != nullptr) {
            EXPECT_EQ(error->kind(), ErrorKind::integrity) << error->what();
        }
    }
}

TEST_P(Delivery, RefusesAWrongControlTotal) {
    if (!definition().format_settings.boolean("record_types", false))
        GTEST_SKIP() << "files of " << GetParam() << " have no trailer";
    for (const std::string& file : files()) {
        SCOPED_TRACE(file);
        for (const std::string& trailer : {std::string("T|9999|0.00\n"), std::string()}) {
            expect_refused(file, [&](const fs::path& folder) {
                std::string bytes = bytes_of(folder / file);
                bytes.resize(bytes.rfind('\n', bytes.size() - 2) + 1);
                write_bytes(folder / file, bytes + trailer);
                write_manifest(definition(), folder);
            });
        }
        expect_refused(file, [&](const fs::path& folder) {
            std::string bytes = bytes_of(folder / file);
            const std::size_t cents = bytes.find_last_of("0123456789");
            bytes[cents] = bytes[cents] == '1' ? '2' : '1';
            write_bytes(folder / file, bytes);
            write_manifest(definition(), folder);
        });
    }
    cover("control totals: wrong count, wrong sum and missing trailer refused in " + std::to_string(files().size()) +
          " files");
}

}  // namespace

}  // namespace caseweave::conformance
