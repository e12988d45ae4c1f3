// The signed reconciliation pack: made of a real target, verified without it, refused once anything in it is changed;
// and what it must not say.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <regex>
#include <set>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kFiles = {"control_totals.csv", "counts.csv",     "decisions.csv",  "index.html",
                                         "manifest.json",      "manifest.sig",   "mapping.csv",    "open_questions.csv",
                                         "profile.csv",        "public_key.pem", "quarantine.csv", "runs.csv",
                                         "unmapped.csv"};

/// A pack of the tiny county and the key it is signed with, made once.
struct MadePack {
    MadePack() {
        key = county.outside() / "signing.pem";
        folder = county.outside() / "pack";
        made_key = run_caseweave({"pack-key", "--out", key.string()});
        made = make(folder);
    }
    ProgramOutcome make(const fs::path& out, const std::vector<std::string>& more = {},
                        const Environment& environment = {}) const {
        std::vector<std::string> words = {"pack",       "--key",     key.string(), "--out",
                                          out.string(), "--purpose", "sign-off",   "--quiet"};
        words.insert(words.end(), more.begin(), more.end());
        return county.run(words, environment);
    }
    std::string public_key() const { return key.string() + ".pub"; }

    const ProgramState& county = loaded_county().state;
    fs::path key, folder;
    ProgramOutcome made_key, made;
};
const MadePack& made_pack() {
    static const MadePack pack;
    return pack;
}

/// A copy of the pack that a test may tamper with.
struct CopiedPack {
    CopiedPack() : path(folder.path() / "pack") { fs::copy(made_pack().folder, path); }
    std::string text(const std::string& name) const { return text_of(path / name); }
    void write(const std::string& name, const std::string& content) const { write_text(path / name, content); }
    ProgramOutcome verify() const { return run_caseweave({"verify", path.string()}); }

    TemporaryFolder folder;
    fs::path path;
};

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

bool tells(const std::string& text, std::string_view what) {
    return text.find(what) != text.npos;
}

void expect_refused(const ProgramOutcome& outcome, std::string_view what) {
    EXPECT_EQ(outcome.code, 1) << outcome.all();
    EXPECT_TRUE(tells(outcome.err, what)) << outcome.err;
    EXPECT_TRUE(tells(outcome.err, "ask whoever sent it")) << outcome.err;
}

TEST(Pack, IsMadeSignedAndVerifiedOffline) {
    const MadePack& pack = made_pack();
    ASSERT_EQ(pack.made_key.code, 0) << pack.made_key.all();
    ASSERT_EQ(pack.made.code, 0) << pack.made.all();
    EXPECT_EQ(names_in(pack.folder), kFiles);
    for (const std::string& name : kFiles)
        EXPECT_EQ(fs::status(pack.folder / name).permissions() & fs::perms::all, fs::perms(0600)) << name;
    EXPECT_EQ(fs::status(pack.folder).permissions() & fs::perms::all, fs::perms(0700));
    EXPECT_EQ(fs::status(pack.county.path() / "digest.key").permissions() & fs::perms::all, fs::perms(0600));
    TargetConnection all = pack.county.connect();
    EXPECT_EQ(value_of(all,
                       "SELECT asked_for || ', ' || purpose FROM audit.access_log WHERE command = 'pack' ORDER BY"
                       " log_id LIMIT 1"),
              "reconciliation pack of run 1, sign-off");

    const ProgramOutcome alone = run_caseweave({"verify", pack.folder.string()});
    EXPECT_EQ(alone.code, 0) << alone.all();
    EXPECT_TRUE(tells(alone.out, "not who signed them")) << alone.out;
    const ProgramOutcome signer = run_caseweave({"verify", pack.folder.string(), "--public-key", pack.public_key()});
    EXPECT_EQ(signer.code, 0) << signer.all();
    EXPECT_TRUE(tells(signer.out, "signed by the key given")) << signer.out;
    const std::size_t digits = pack.made_key.out.find("(SHA-256): ") + 11;
    EXPECT_TRUE(tells(signer.out, pack.made_key.out.substr(digits, 64))) << "the fingerprint of pack-key";
}

TEST(Pack, SaysWhetherTheProtectionIsAsMade) {
    const MadePack& pack = made_pack();
    EXPECT_TRUE(tells(text_of(pack.folder / "index.html"), "Protected: row-level security"));
    TargetConnection admin = pack.county.connect("caseweave_admin");
    admin.execute("GRANT SELECT ON sealed.source_row TO caseweave_reader_education");
    const TemporaryFolder outside;
    const ProgramOutcome made = pack.make(outside.path() / "pack");
    admin.execute("REVOKE SELECT ON sealed.source_row FROM caseweave_reader_education");
    EXPECT_EQ(made.code, 4) << made.all();
    const std::string page = text_of(outside.path() / "pack" / "index.html");
    EXPECT_TRUE(tells(page, "NOT PROTECTED AS MADE: 1 thing")) << page.substr(0, 4000);
    EXPECT_TRUE(tells(page, "NOT BALANCED"));
    EXPECT_TRUE(tells(text_of(outside.path() / "pack" / "open_questions.csv"),
                      "take it back: GRANT SELECT ON sealed.source_row TO caseweave_reader_education"));
}

TEST(Pack, HoldsTheBooksOfTheTarget) {
    const MadePack& pack = made_pack();
    TargetConnection all = pack.county.connect();
    const std::string counts = text_of(pack.folder / "counts.csv");
    const std::string placed = value_of(all, "SELECT to_char(sum(placed), 'FM999,999') FROM lineage.balance");
    EXPECT_TRUE(std::regex_search(counts, std::regex("\n\\(all\\),\\(all\\),[^\n]*,\"" + placed + "\","))) << counts;
    EXPECT_FALSE(tells(counts, ",NO\n"));
    const std::string totals = text_of(pack.folder / "control_totals.csv");
    EXPECT_EQ(std::to_string(std::ranges::count(totals, '\n') - 1),
              value_of(all,
                       "SELECT count(*) FROM (SELECT FROM lineage.row_tally GROUP BY source_system, source_entity,"
                       " entity HAVING sum(rows) <> 0) t"));
    EXPECT_FALSE(tells(totals, ",NO\n"));
    const std::string mapping = text_of(pack.folder / "mapping.csv");
    EXPECT_TRUE(tells(mapping, "\neducation,student,legal_surname,person,family_name,"));
    EXPECT_TRUE(tells(text_of(pack.folder / "unmapped.csv"), "\neducation,student,stud_status,left out on purpose"));
    EXPECT_TRUE(tells(text_of(pack.folder / "index.html"), "Balanced: every row is accounted for"));
}

TEST(Pack, SaysNothingOfAnyPerson) {
    const MadePack& pack = made_pack();
    TargetConnection all = pack.county.connect();
    std::set<std::string> words;
    std::string text;
    for (const std::string& name : kFiles) text += text_of(pack.folder / name) + "\n";
    static const std::regex kWord("[A-Za-z0-9'-]+");
    for (std::sregex_iterator word(text.begin(), text.end(), kWord), end; word != end; ++word)
        words.insert(word->str());
    // A surname of the county, and of the titles of systems for young people.
    words.erase("Young");
    std::size_t looked_for = 0;
    for (const std::string& value : column_of(
             all,
             "SELECT DISTINCT x FROM (SELECT family_name x FROM integrated.person_name UNION SELECT given_name FROM"
             " integrated.person_name UNION SELECT value FROM integrated.person_identifier UNION SELECT"
             " birth_date::text FROM integrated.person UNION SELECT source_person_key FROM lineage.crosswalk) s"
             " WHERE length(x) > 2")) {
        ++looked_for;
        EXPECT_FALSE(words.contains(value)) << value;
    }
    EXPECT_GT(looked_for, 1000U);
    for (const std::string& postcode : column_of(all,
                                                 "SELECT DISTINCT postcode FROM integrated.person_address WHERE"
                                                 " length(postcode) > 4"))
        EXPECT_FALSE(tells(text, postcode)) << postcode;
    // Digests of rows are not in it as the database holds them, only keyed.
    for (const std::string& digest : column_of(all, "SELECT DISTINCT digest FROM lineage.row_tally"))
        EXPECT_FALSE(words.contains(digest)) << digest;
}

TEST(Pack, KeysItsTotals) {
    const MadePack& pack = made_pack();
    const TemporaryFolder folder;
    ASSERT_EQ(pack.make(folder.path() / "again").code, 0);
    EXPECT_EQ(text_of(folder.path() / "again" / "control_totals.csv"), text_of(pack.folder / "control_totals.csv"));
    const fs::path secret = folder.path() / "secret";
    write_text(secret, std::string(64, 'a') + "\n");
    ::chmod(secret.c_str(), 0600);
    ASSERT_EQ(pack.make(folder.path() / "other", {"--digest-key", secret.string()}).code, 0);
    EXPECT_NE(text_of(folder.path() / "other" / "control_totals.csv"), text_of(pack.folder / "control_totals.csv"));
    EXPECT_EQ(text_of(folder.path() / "other" / "counts.csv"), text_of(pack.folder / "counts.csv"));
}

TEST(Pack, TellsOfATargetThatIsNotAsItWasLoaded) {
    const MadePack& pack = made_pack();
    TargetConnection all = pack.county.connect();
    const std::string row = value_of(all, "SELECT min(row_id) FROM lineage.quarantine");
    const std::string raw = value_of(all, "SELECT raw FROM lineage.quarantine WHERE row_id = " + row);
    all.query("UPDATE lineage.quarantine SET raw = raw || 'x' WHERE row_id = $1", {row});
    const TemporaryFolder folder;
    const ProgramOutcome outcome = pack.make(folder.path() / "pack");
    all.query("UPDATE lineage.quarantine SET raw = $1 WHERE row_id = $2", {raw, row});
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    const std::string totals = text_of(folder.path() / "pack" / "control_totals.csv");
    EXPECT_TRUE(std::regex_search(totals, std::regex(",lineage.quarantine,[^\n]*,NO\n")));
    EXPECT_TRUE(tells(text_of(folder.path() / "pack" / "index.html"), "NOT BALANCED"));
    EXPECT_EQ(run_caseweave({"verify", (folder.path() / "pack").string()}).code, 0) << "it is signed all the same";
}

TEST(Pack, ThatWasTamperedWithIsRefused) {
    ASSERT_EQ(made_pack().made.code, 0);
    for (const std::string& name : kFiles) {
        if (name.starts_with("manifest")) continue;
        const CopiedPack pack;
        std::string changed = pack.text(name);
        changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
        pack.write(name, changed);
        expect_refused(pack.verify(), name + " is not the file that was signed");
    }
    const CopiedPack removed;
    fs::remove(removed.path / "counts.csv");
    expect_refused(removed.verify(), "counts.csv is missing");
    const CopiedPack added;
    added.write("notes.txt", "signed off");
    expect_refused(added.verify(), "notes.txt is not of the pack");
    const CopiedPack linked;
    fs::rename(linked.path / "counts.csv", linked.folder.path() / "counts.csv");
    fs::create_symlink(linked.folder.path() / "counts.csv", linked.path / "counts.csv");
    expect_refused(linked.verify(), "counts.csv is a link");
}

TEST(Pack, WhoseManifestOrSignatureDoesNotHoldIsRefused) {
    const MadePack& made = made_pack();
    const CopiedPack truncated;
    truncated.write("manifest.json", truncated.text("manifest.json").substr(0, 300));
    EXPECT_EQ(truncated.verify().code, 1);
    EXPECT_TRUE(tells(truncated.verify().err, "was cut off")) << truncated.verify().err;
    const CopiedPack renamed;
    std::string manifest = renamed.text("manifest.json");
    renamed.write("manifest.json", manifest.replace(manifest.find("counts.csv"), 10, "../../a.cs"));
    EXPECT_EQ(renamed.verify().code, 1);
    EXPECT_TRUE(tells(renamed.verify().err, "with a path")) << renamed.verify().err;
    const CopiedPack changed;
    manifest = changed.text("manifest.json");
    changed.write("manifest.json", manifest.replace(manifest.find("\"run\": 1"), 8, "\"run\": 2"));
    expect_refused(changed.verify(), "manifest.sig does not fit manifest.json");

    // Another pack's signature, and another's key.
    const TemporaryFolder folder;
    const std::string other_key = (folder.path() / "other.pem").string();
    ASSERT_EQ(run_caseweave({"pack-key", "--out", other_key}).code, 0);
    ASSERT_EQ(made.county
                  .run({"pack", "--key", other_key, "--out", (folder.path() / "pack").string(), "--purpose", "other",
                        "--quiet"})
                  .code,
              0);
    const CopiedPack swapped;
    swapped.write("manifest.sig", text_of(folder.path() / "pack" / "manifest.sig"));
    expect_refused(swapped.verify(), "manifest.sig does not fit manifest.json");
    const ProgramOutcome other = run_caseweave({"verify", made.folder.string(), "--public-key", other_key + ".pub"});
    EXPECT_EQ(other.code, 1);
    EXPECT_TRUE(tells(other.err, "not signed by the key given")) << other.err;
    EXPECT_EQ(run_caseweave({"verify", made.folder.string(), "--public-key", made.key.string()}).code, 2);
    EXPECT_EQ(run_caseweave({"verify", (folder.path() / "nowhere").string()}).code, 2);
}

TEST(Pack, IsNotMadeOfBadInput) {
    const MadePack& pack = made_pack();
    const TemporaryFolder folder;
    const fs::path out = folder.path() / "pack";
    const auto expect_usage = [&](const ProgramOutcome& outcome, std::string_view what) {
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        EXPECT_TRUE(tells(outcome.err, what)) << outcome.err;
        EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{}) << "something is left";
    };
    expect_usage(pack.make(out, {"--as", "education"}), "every service area");
    expect_usage(pack.make(out, {"--as", "data_qualty"}), "did you mean data_quality");
    expect_usage(pack.make(out, {"--digest-key", "/nowhere/secret"}), "/nowhere/secret");
    expect_usage(pack.make(out / "deeper"), "cannot make the pack");
    expect_usage(pack.make(pack.folder), "is there already");
    EXPECT_EQ(run_caseweave({"verify", pack.folder.string()}).code, 0) << "the one that was there";
    expect_usage(pack.county.run({"pack", "--key", pack.key.string(), "--out", out.string(), "--purpose", " "}),
                 "--purpose");
    expect_usage(pack.county.run({"pack", "--key", "/nowhere.pem", "--out", out.string(), "--purpose", "x"}),
                 "/nowhere.pem");
    ::chmod(pack.key.c_str(), 0640);
    expect_usage(pack.make(out), "chmod 600");
    ::chmod(pack.key.c_str(), 0600);
    expect_usage(run_caseweave({"pack-key", "--out", pack.key.string()}), "is there already");
    const ProgramState empty;
    expect_usage(empty.run({"pack", "--key", pack.key.string(), "--out", out.string(), "--purpose", "x"}),
                 "has seen no run yet");
}

TEST(Pack, DoesWithoutAPdfWhereNothingMakesOne) {
    const TemporaryFolder folder;
    const ProgramOutcome outcome = made_pack().make(folder.path() / "pack", {"--pdf"}, {{"PATH", "/nowhere"}});
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_TRUE(tells(outcome.err, "pack.pdf is not made: neither weasyprint nor chromium is installed"))
        << outcome.err;
    EXPECT_EQ(names_in(folder.path() / "pack"), kFiles);
}

}  // namespace
}  // namespace caseweave::testing
