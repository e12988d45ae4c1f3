#include "connectors/transports/file_drop.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>

#include "connectors/formats/memory_stream.hpp"
#include "connectors/transports/drop_manifest.hpp"
#include "core/error.hpp"
#include "support/source_reading.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

class FileDrop : public ::testing::Test {
  protected:
    FileDrop() {
        EntityDefinition children = testing::make_entity("child", {"ID"});
        children.resource = "children_*.csv";
        connector_ = testing::make_connector(children);
        deliver("children_1.csv", "ID\n1\n");
        deliver("children_2.csv", "ID\n2\n");
    }
    void deliver(const std::string& name, const std::string& text, const std::string& rows = {}) {
        folder_.write(name, text);
        MemoryStream stream(name, text);
        manifest_ += name + "," + std::to_string(text.size()) + "," + rows + "," + sha256_hex(stream) + "\n";
        write_manifest();
    }
    void write_manifest() { folder_.write("manifest.csv", manifest_); }
    std::unique_ptr<Transport> transport(const std::string& settings = {}, const std::string& folder = {}) const {
        const std::string where = folder.empty() ? folder_.path().string() : folder;
        const TomlTable job = TomlTable::parse("folder = \"" + where + "\"\n" + settings, "job.toml");
        return make_file_drop_transport({connector_, job, {}});
    }
    std::string verify(const std::string& settings = {}) const {
        try {
            transport(settings)->verify(connector_.entities);
        } catch (const Error& error) {
            EXPECT_EQ(error.exit_code(), ExitCode::failed);
            return error.what();
        }
        return {};
    }
    static std::vector<std::string> names(DocumentSequence& documents) {
        std::vector<std::string> found;
        while (const auto document = documents.next()) found.push_back(document->name());
        return found;
    }

    testing::TemporaryFolder folder_;
    ConnectorDefinition connector_;
    std::string manifest_ = "file,bytes,rows,sha256\n";
};

TEST_F(FileDrop, YieldsFilesInNameOrderAndResumesAfterOne) {
    EXPECT_EQ(verify(), "");
    const auto opened = transport();
    EXPECT_EQ(names(*opened->open_documents(connector_.entities[0], "")),
              (std::vector<std::string>{"children_1.csv", "children_2.csv"}));
    const auto sequence = opened->open_documents(connector_.entities[0], "");
    (void)sequence->next();
    EXPECT_EQ(names(*opened->open_documents(connector_.entities[0], sequence->checkpoint())),
              (std::vector<std::string>{"children_2.csv"}));
}

TEST_F(FileDrop, StatesTheRowsOfItsManifest) {
    deliver("children_3.csv", "ID\n3\n4\n", "2");
    const auto opened = transport();
    opened->verify(connector_.entities);
    const auto documents = opened->open_documents(connector_.entities[0], "");
    std::vector<std::optional<std::uint64_t>> stated;
    while (const auto document = documents->next()) stated.push_back(document->stated_rows());
    EXPECT_EQ(stated, (std::vector<std::optional<std::uint64_t>>{std::nullopt, std::nullopt, 2}));
}

TEST_F(FileDrop, NamesAFileThatIsMissingCutOffOrDamaged) {
    folder_.write("children_2.csv", "ID\n");
    EXPECT_NE(verify().find("children_2.csv"), std::string::npos);
    folder_.write("children_2.csv", "ID\n3\n");
    EXPECT_NE(verify().find("SHA-256"), std::string::npos);
    std::filesystem::remove(folder_.path() / "children_2.csv");
    EXPECT_NE(verify().find("children_2.csv"), std::string::npos);
}

TEST_F(FileDrop, RefusesAFileNobodyDeclared) {
    folder_.write("surprise.csv", "x");
    EXPECT_NE(verify().find("surprise.csv"), std::string::npos);
    EXPECT_EQ(verify("ignore = [\"surprise.*\"]"), "");
    std::filesystem::remove(folder_.path() / "surprise.csv");
    deliver("notes.txt", "declared, and read by no entity");
    EXPECT_NE(verify().find("notes.txt"), std::string::npos);
}

TEST_F(FileDrop, WithoutManifestOnlyWhatEntitiesReadMayLieThere) {
    EXPECT_NE(verify("manifest = \"\"").find("manifest.csv"), std::string::npos);
    EXPECT_EQ(verify("manifest = \"\"\nignore = \"manifest.csv\""), "");
}

TEST_F(FileDrop, ANameWithoutFilesIsAnErrorUnlessOptional) {
    EntityDefinition carers = testing::make_entity("carer", {"ID"});
    carers.resource = "carers_*.csv";
    connector_.entities.push_back(carers);
    EXPECT_NE(verify().find("carers_*.csv"), std::string::npos);
    EXPECT_EQ(verify("optional_resources = [\"carers_*.csv\"]"), "");
}

TEST_F(FileDrop, NamesMatchWhateverTheirLetterCase) {
    std::filesystem::rename(folder_.path() / "children_2.csv", folder_.path() / "Children_2.CSV");
    const std::string none = "manifest = \"\"\nignore = \"manifest.csv\"";
    EXPECT_EQ(verify(none), "");
    EXPECT_EQ(names(*transport(none)->open_documents(connector_.entities[0], "")),
              (std::vector<std::string>{"Children_2.CSV", "children_1.csv"}));
    EXPECT_NE(verify().find("Children_2.CSV is not in the manifest"), std::string::npos)
        << "a manifest names its files as they are";
}

TEST_F(FileDrop, TwoNamesThatAreOneButForTheirCaseAreRefused) {
    deliver("Children_2.csv", "ID\n2\n");
    for (const std::string& settings : {std::string(), std::string("manifest = \"\"\nignore = \"manifest.csv\"")}) {
        const std::string refused = verify(settings);
        EXPECT_NE(refused.find("Children_2.csv"), std::string::npos) << refused;
        EXPECT_NE(refused.find("children_2.csv"), std::string::npos) << refused;
    }
    EXPECT_THROW((void)transport()->findings(), Error);
}

TEST_F(FileDrop, SaysWhatAFileWasMeantToBe) {
    deliver("childern_3.csv", "ID\n3\n");
    const std::string refused = verify();
    EXPECT_NE(refused.find("childern_3.csv is a file that no entity"), std::string::npos) << refused;
    EXPECT_NE(refused.find("probably meant to be children_*.csv"), std::string::npos) << refused;
    std::filesystem::remove(folder_.path() / "children_1.csv");
    std::filesystem::remove(folder_.path() / "children_2.csv");
    EXPECT_NE(verify().find("perhaps it is meant by childern_3.csv"), std::string::npos) << verify();
}

/// A return whose unknown files are passed over: never one that was meant to be of the return.
class PassedOver : public FileDrop {
  protected:
    PassedOver() {
        connector_.entities.clear();
        for (const char* const name : {"header.csv", "episodes.csv", "previous_permanence.csv",
                                       "placed_for_adoption.csv", "sw_episodes.csv", "ad1.csv", "oc2.csv", "oc3.csv"}) {
            EntityDefinition entity = testing::make_entity(name, {"ID"});
            entity.resource = name;
            connector_.entities.push_back(entity);
        }
        std::filesystem::remove(folder_.path() / "children_1.csv");
        std::filesystem::remove(folder_.path() / "children_2.csv");
        folder_.write("header.csv", "ID\n1\n");
    }
    static constexpr const char* kSettings =
        "manifest = \"\"\nignore = \"manifest.csv\"\nunknown_files = \"refuse\"\n"
        "optional_resources = [\"episodes.csv\", \"previous_permanence.csv\", \"placed_for_adoption.csv\", "
        "\"sw_episodes.csv\", \"ad1.csv\", \"oc2.csv\", \"oc3.csv\"]";
};

TEST_F(PassedOver, AFileWhoseNameIsASlipStopsTheRun) {
    const std::vector<std::pair<std::string, std::string>> slips = {
        {"PrevPerm.csv", "previous_permanence.csv"},
        {"placed_adoption.csv", "placed_for_adoption.csv"},
        {"episode.csv", "episodes.csv"},
        {"SW Episodes.csv", "sw_episodes.csv"},
        {"Episodes (2).csv", "episodes.csv"},
        {"header_2024.csv", "header.csv"},
        {"episodes.cvs", "episodes.csv"},
        {"adl.csv", "ad1.csv"},
        {"previous_permanance.csv", "previous_permanence.csv"},
        {"swepisode.csv", "sw_episodes.csv"},
    };
    for (const auto& [slip, meant] : slips) {
        SCOPED_TRACE(slip);
        const auto file = folder_.write(slip, "ID\n1\n");
        const std::string refused = verify(kSettings);
        EXPECT_NE(refused.find(slip + " is no file of this delivery, and was probably meant to be " + meant),
                  std::string::npos)
            << refused;
        EXPECT_THROW((void)transport(kSettings)->findings(), Error);
        std::filesystem::remove(file);
    }
}

TEST_F(PassedOver, AFileAboutOneOfTheReturnIsNamedAndPassedOver) {
    const std::vector<std::string> others = {"placed_for_adoption_errors.csv",
                                             "header_errors.csv",
                                             "notes.csv",
                                             "readme.txt",
                                             "episodes.txt",
                                             "validation.csv"};
    for (const std::string& other : others) folder_.write(other, "ID\n1\n");
    EXPECT_EQ(verify(kSettings), "");
    EXPECT_EQ(transport(kSettings)->findings().size(), others.size());
}

TEST_F(FileDrop, RefusesBrokenManifests) {
    const std::string good = manifest_;
    for (const std::string& broken : {std::string("file;bytes\n"), good + "../x,1,,00\n", good + "children_1.csv,1\n",
                                      std::string(), good + good.substr(good.find('\n') + 1),
                                      "file,bytes,rows,sha256\nchildren_1.csv,x,," + std::string(64, '0') + "\n"}) {
        manifest_ = broken;
        write_manifest();
        EXPECT_NE(verify().find("manifest.csv"), std::string::npos) << broken;
    }
    std::filesystem::remove(folder_.path() / "manifest.csv");
    EXPECT_NE(verify().find("manifest.csv"), std::string::npos);
}

TEST_F(FileDrop, AMissingManifestSaysWhatToTry) {
    connector_.name = "fostering";
    std::filesystem::rename(folder_.path() / "manifest.csv", folder_.path() / "Manifest.csv");
    const std::string refused = verify();
    EXPECT_NE(refused.find("manifest.csv is not there"), std::string::npos) << refused;
    EXPECT_NE(refused.find("perhaps it is meant by Manifest.csv"), std::string::npos) << refused;
    EXPECT_NE(refused.find("manifest = \"\" under [system.fostering.transport]"), std::string::npos) << refused;
    std::filesystem::remove(folder_.path() / "Manifest.csv");
    EXPECT_EQ(verify().find("perhaps"), std::string::npos);
}

TEST_F(FileDrop, RefusesLinksAndPaths) {
    std::filesystem::remove(folder_.path() / "children_2.csv");
    std::filesystem::create_symlink("/etc/passwd", folder_.path() / "children_2.csv");
    EXPECT_NE(verify().find("symbolic link"), std::string::npos);
    std::filesystem::remove(folder_.path() / "children_2.csv");
    ASSERT_EQ(::mkfifo((folder_.path() / "children_2.csv").c_str(), 0600), 0);
    EXPECT_NE(verify().find("not a regular file"), std::string::npos);
    connector_.entities[0].resource = "../*.csv";
    EXPECT_THROW(transport(), Error);
}

TEST_F(FileDrop, SeesAFileThatChangedAfterItWasVerified) {
    const auto opened = transport();
    opened->verify(connector_.entities);
    folder_.write("children_2.csv", "ID\n9\n9\n");
    EXPECT_THROW(names(*opened->open_documents(connector_.entities[0], "")), Error);
}

TEST_F(FileDrop, SeesAFileThatIsWrittenOverWhileItIsRead) {
    // Delivered a while ago: clocks of file systems tick every few milliseconds.
    const auto path = folder_.path() / "children_1.csv";
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) - std::chrono::minutes(1));
    const auto opened = transport();
    const auto documents = opened->open_documents(connector_.entities[0], "");
    const auto document = documents->next();
    std::array<char, 2> some{};
    ASSERT_EQ(document->read(some), 2U);
    folder_.write("children_1.csv", "ID\n9\n");  // of the same length
    const auto read_on = [&] {
        while (document->read(some) > 0) {
        }
    };
    EXPECT_THROW(read_on(), Error);
}

TEST_F(FileDrop, AFolderThatIsNotThereMayComeBack) {
    try {
        transport({}, "/nonexistent/drop")->check_reachable();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::try_later);
        EXPECT_NE(std::string(error.what()).find("/nonexistent/drop"), std::string::npos);
    }
}

TEST_F(FileDrop, ASingleFileStandsForAFolder) {
    connector_.entities[0].resource = "*.csv";
    const auto single = transport({}, folder_.path() / "children_2.csv");
    single->verify(connector_.entities);
    EXPECT_EQ(names(*single->open_documents(connector_.entities[0], "")), (std::vector<std::string>{"children_2.csv"}));
}

TEST_F(FileDrop, SettingsAreStrict) {
    try {
        transport("manifset = \"\"");
        FAIL();
    } catch (const SettingsError& error) {
        EXPECT_NE(std::string(error.what()).find("manifest"), std::string::npos);
    }
}

}  // namespace
}  // namespace caseweave
