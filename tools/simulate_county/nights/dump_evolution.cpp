#include "simulate_county/nights/dump_evolution.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <utility>

#include "simulate_county/nights/row_key.hpp"
#include "simulate_county/systems/source_rows.hpp"

namespace simulate {
namespace {

// The extract of a night begins at eight in the evening of its day.
constexpr int kExtractHour = 20;
// A late commit is this much older than the latest row that last night could see: sessions left open over a break.
constexpr int kLatestLateness = 45;  // minutes
constexpr double kClosed = 0.5;      // of the changes to an open row
constexpr double kHealed = 0.5;      // a night: the chance that a broken record of a person is put right
// Rows looked at for one that fits; most do.
constexpr std::size_t kAttempts = 4;
// People looked at for one who has no row of a half-term or week yet; one in four has none.
constexpr std::size_t kPeopleTried = 6;

bool is_serial(const Cell& key) {
    if (!key) return false;
    const std::size_t digit = key->find_first_of("0123456789");
    return digit != std::string::npos && (*key)[digit] != '9';
}

// Minutes of a moment whose text sorts by time.
std::optional<Moment> parsed(const std::string& text) {
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9') digits += c;
    }
    constexpr std::size_t kToTheMinute = 12;
    if (digits.size() < kToTheMinute) return std::nullopt;
    const auto number = [&](std::size_t from, std::size_t count) {
        int value = 0;
        std::from_chars(digits.data() + from, digits.data() + from + count, value);
        return value;
    };
    return at(to_day(number(0, 4), number(4, 2), number(6, 2)), number(8, 2), number(10, 2));
}

std::optional<std::size_t> find_column(const Table& table, std::string_view name) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), name);
    if (name.empty() || found == table.columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - table.columns.begin());
}

void replace_text(Row& row, const std::string& old, const std::string& now) {
    for (Cell& cell : row) {
        if (const std::size_t place = cell ? cell->find(old) : std::string::npos; place != std::string::npos)
            cell->replace(place, old.size(), now);
    }
}

// One table during one night. Rows keep their index until the night is over.
struct Sheet {
    enum class Mark { updated, deleted, touched };

    Table* table = nullptr;
    const CaseLayout* layout = nullptr;  // nullptr: the people
    std::string_view entity;
    std::string_view stamp_name;
    std::optional<std::size_t> key, started, ended, changed, stamp;
    std::vector<std::size_t> identity;  // columns that tell a row from the others
    std::vector<std::size_t> people;    // columns that hold keys of people
    std::optional<Moment> latest;       // before this night
    std::unordered_map<std::size_t, Mark> marks;
    std::vector<Row> added;
    bool is_leaf = false;

    bool grows() const { return layout != nullptr && layout->growth != CaseLayout::Growth::none; }
    bool may_change() const { return layout != nullptr && !layout->kept && (ended || changed); }
    bool may_go() const {
        return layout != nullptr && !layout->kept && is_leaf &&
               (key || layout->growth == CaseLayout::Growth::other_person);
    }
    std::string identity_of(const Row& row) const {
        std::string text;
        for (const std::size_t column : identity) text += row[column].value_or("") + '\x1f';
        return text;
    }
};

}  // namespace

// What happens to one system in one night.
class DumpEvolution::Night {
  public:
    Night(DumpEvolution& evolution, const NightPlan& plan)
        : evolution_(evolution),
          layout_(evolution.layout_),
          plan_(plan),
          day_(kToday + plan.night),
          random_(evolution.random_.stream("night", static_cast<std::uint64_t>(plan.night))),
          stamps_(random_.stream("stamps")) {
        changes_.system = layout_.system;
        changes_.gives = layout_.gives_on(plan.night);
        if (changes_.gives) open_sheets();
    }

    SystemChanges take(const SystemDump& fresh) {
        if (!changes_.gives) return changes_;
        change_people();
        add_newcomers(fresh);
        change_cases();
        mend();
        spoil();
        touch_parents();
        count();
        close_sheets();
        return changes_;
    }

  private:
    // ---- sheets

    void open_sheets() {
        for (Table& table : evolution_.dump_.tables) {
            const bool people = table.name == layout_.person.table;
            const auto layout = std::find_if(layout_.cases.begin(), layout_.cases.end(),
                                             [&](const CaseLayout& each) { return each.table == table.name; });
            if (people || layout != layout_.cases.end()) sheets_.push_back(open(table, people ? nullptr : &*layout));
        }
        for (Sheet& sheet : sheets_) sheet.is_leaf = sheet.key ? !is_referred_to(sheet) : sheet.layout != nullptr;
    }

    Sheet open(Table& table, const CaseLayout* layout) const {
        Sheet sheet;
        sheet.table = &table;
        sheet.layout = layout;
        sheet.entity = layout == nullptr ? layout_.person.entity : layout->entity;
        sheet.stamp_name = layout == nullptr ? layout_.person.stamp : layout->stamp;
        sheet.stamp = find_column(table, sheet.stamp_name);
        for (const std::string_view name : layout_.person_columns) {
            if (const auto column = find_column(table, name)) sheet.people.push_back(*column);
        }
        if (layout == nullptr) {
            sheet.identity = {sheet.people.front()};
        } else {
            sheet.key = find_column(table, layout->key);
            sheet.started = find_column(table, layout->started);
            sheet.ended = find_column(table, layout->ended);
            sheet.changed = find_column(table, layout->changed);
            if (sheet.key) sheet.identity = {*sheet.key};
            for (const std::string_view name : layout->composite) {
                if (!name.empty()) sheet.identity.push_back(table.column(name));
            }
        }
        sheet.latest = latest_of(sheet);
        return sheet;
    }

    // The time of the latest row that last night's extract could see, where times sort as texts.
    std::optional<Moment> latest_of(const Sheet& sheet) const {
        if (!sheet.stamp || !layout_.stamp_form.starts_with("%Y")) return std::nullopt;
        const std::string bound = format_moment(at(day_ - 1, kExtractHour), layout_.stamp_form);
        const std::string* latest = nullptr;
        for (const Row& row : sheet.table->rows) {
            const Cell& cell = row[*sheet.stamp];
            if (cell && cell->size() == bound.size() && *cell < bound && (latest == nullptr || *cell > *latest))
                latest = &*cell;
        }
        return latest == nullptr ? std::nullopt : parsed(*latest);
    }

    std::string_view key_name(std::string_view column) const {
        return !layout_.alias[0].empty() && column == layout_.alias[0] ? layout_.alias[1] : column;
    }

    bool is_referred_to(const Sheet& sheet) const {
        return std::any_of(sheets_.begin(), sheets_.end(), [&](const Sheet& other) {
            if (&other == &sheet) return false;
            const std::vector<std::string>& columns = other.table->columns;
            return std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
                const bool own = other.layout != nullptr && other.layout->key == column;
                return !own && key_name(column) == sheet.layout->key;
            });
        });
    }

    Sheet* sheet_of(std::string_view table) {
        const auto found = std::find_if(sheets_.begin(), sheets_.end(),
                                        [&](const Sheet& sheet) { return sheet.table->name == table; });
        return found == sheets_.end() ? nullptr : &*found;
    }

    std::uint64_t next_serial(const Sheet& sheet) { return ++evolution_.last_serial_[sheet.table->name]; }

    // ---- writing

    Cell stamp_now(const Sheet& sheet) {
        if (sheet.latest && (changes_.late == 0 || stamps_.chance(nightly_rates::kLate))) {
            ++changes_.late;
            return format_moment(*sheet.latest - stamps_.between(1, kLatestLateness), layout_.stamp_form);
        }
        if (sheet.latest && (changes_.equal == 0 || stamps_.chance(nightly_rates::kEqual))) {
            ++changes_.equal;
            return format_moment(*sheet.latest, layout_.stamp_form);
        }
        constexpr int kMinutesOfADay = 24 * 60;
        const Moment saved = at(day_ - 1, kExtractHour) + stamps_.between(1, kMinutesOfADay - 1);
        return format_moment(saved, layout_.stamp_form);
    }

    void mark_updated(Sheet& sheet, std::size_t row) {
        const auto [place, is_new] = sheet.marks.try_emplace(row, Sheet::Mark::updated);
        if (is_new && sheet.stamp) sheet.table->rows[row][*sheet.stamp] = stamp_now(sheet);
    }

    void set(Sheet& sheet, std::size_t row, std::string_view column, Cell value) {
        const auto index = find_column(*sheet.table, column);
        if (!index || sheet.table->rows[row][*index] == value) return;
        sheet.table->rows[row][*index] = std::move(value);
        mark_updated(sheet, row);
    }

    void add(Sheet& sheet, Row row) {
        if (sheet.stamp) row[*sheet.stamp] = stamp_now(sheet);
        sheet.added.push_back(std::move(row));
    }

    std::string day_text(const Sheet& sheet) {
        const bool own = sheet.layout != nullptr && !sheet.layout->day_form.empty();
        constexpr int kWorkBegins = 9;
        return format_moment(at(day_, kWorkBegins), own ? sheet.layout->day_form : layout_.day_form);
    }

    // ---- people

    void change_people() {
        const auto planned = plan_.changes.find(layout_.system);
        if (planned == plan_.changes.end()) return;
        std::unordered_map<std::string, const PersonChange*> going;
        std::unordered_map<std::string, std::vector<const PersonChange*>> staying;
        for (const PersonChange& change : planned->second) {
            using Kind = PersonChange::Kind;
            if (change.kind == Kind::merged || change.kind == Kind::removed)
                going[change.key] = &change;
            else
                staying[change.key].push_back(&change);
        }
        for (Sheet& sheet : sheets_) {
            const bool people = sheet.layout == nullptr;
            const bool addresses =
                !layout_.person.address_table.empty() && sheet.table->name == layout_.person.address_table;
            for (std::size_t row = 0; row < sheet.table->rows.size(); ++row) {
                if (!going.empty()) let_go(sheet, row, going);
                if (!people && !addresses) continue;
                const auto found = staying.find(sheet.table->rows[row][sheet.people.front()].value_or(""));
                if (found == staying.end()) continue;
                for (const PersonChange* change : found->second) {
                    if (people)
                        change_person(sheet, row, *change);
                    else if (change->kind == PersonChange::Kind::moved && moved_.insert(change).second)
                        move(sheet, row, *change);
                }
            }
        }
        for (const auto& [key, change] : going) {
            evolution_.people_.erase(key);
            std::erase(evolution_.dump_.unplaced_people, key);
        }
    }

    // A record that is merged leaves its rows to the one that stays; one that is removed takes them along.
    void let_go(Sheet& sheet, std::size_t row, const std::unordered_map<std::string, const PersonChange*>& going) {
        Row& cells = sheet.table->rows[row];
        for (const std::size_t column : sheet.people) {
            const auto found = cells[column] ? going.find(*cells[column]) : going.end();
            if (found == going.end()) continue;
            if (sheet.layout == nullptr || found->second->kind == PersonChange::Kind::removed) {
                sheet.marks[row] = Sheet::Mark::deleted;
                return;
            }
            set(sheet, row, sheet.table->columns[column], found->second->into);
        }
        const bool of_two = sheet.people.size() > 1 && cells[sheet.people[0]] == cells[sheet.people[1]];
        if (of_two && sheet.marks.contains(row)) sheet.marks[row] = Sheet::Mark::deleted;
    }

    void change_person(Sheet& sheet, std::size_t row, const PersonChange& change) {
        const PersonLayout& person = layout_.person;
        const bool has_birth = !person.birth.empty();
        switch (change.kind) {
            case PersonChange::Kind::moved:
                if (person.address_table.empty()) move(sheet, row, change);
                break;
            case PersonChange::Kind::renamed:
                set(sheet, row, person.family, given(change.family));
                break;
            case PersonChange::Kind::birth_corrected:
                if (has_birth) set(sheet, row, person.birth, change.birth.text(person.birth_form));
                break;
            case PersonChange::Kind::restricted:
                set(sheet, row, person.restricted, std::string(person.restricted_value));
                set(sheet, row, person.restriction_reason, "Court order");
                set(sheet, row, person.restricted_from, format_day(day_, layout_.day_form));
                break;
            case PersonChange::Kind::born:
                set(sheet, row, person.kind, std::string(person.child_value));
                set(sheet, row, person.given, given(change.given));
                set(sheet, row, person.birth, change.birth.text(person.birth_form));
                set(sheet, row, person.sex, std::string(change.sex == "M" ? person.male : person.female));
                break;
            case PersonChange::Kind::merged:
            case PersonChange::Kind::removed:
                break;
        }
    }

    void move(Sheet& sheet, std::size_t row, const PersonChange& change) {
        const auto& [house, street, locality, town, postcode, uprn] = layout_.person.address;
        const AddressView& now = change.address;
        set(sheet, row, house, given(now.house));
        set(sheet, row, street, given(house.empty() ? now.house + " " + now.street : now.street));
        set(sheet, row, locality, given(now.locality));
        set(sheet, row, town, given(now.town));
        set(sheet, row, postcode, given(now.postcode));
        set(sheet, row, uprn, given(now.uprn));
        set(sheet, row, layout_.person.address_from, format_day(day_, layout_.day_form));
    }

    // ---- newcomers

    struct FreshRow {
        Sheet* sheet;
        Row row;
    };

    void add_newcomers(const SystemDump& fresh) {
        const auto arriving = plan_.arriving.find(layout_.system);
        if (arriving != plan_.arriving.end()) {
            arriving_ = &arriving->second;
            evolution_.people_.insert(arriving_->begin(), arriving_->end());
        }
        if (const auto named = plan_.named.find(layout_.system); named != plan_.named.end()) named_ = &named->second;
        std::vector<FreshRow> rows;
        std::map<std::string_view, std::set<std::string>> referred;
        for (const bool by_reference : {false, true}) {
            for (const Table& table : fresh.tables) {
                Sheet* sheet = sheet_of(table.name);
                if (sheet == nullptr || (sheet->layout != nullptr && sheet->layout->found_by_reference) != by_reference)
                    continue;
                collect(*sheet, table, referred, rows);
            }
            if (!by_reference) note_references(rows, referred);
        }
        give_serials(rows);
        for (FreshRow& each : rows) add(*each.sheet, std::move(each.row));
    }

    // Rows of those who arrive; a row that is dirty (its key occurs again, or is none of the series) is left behind.
    void collect(Sheet& sheet, const Table& table, const std::map<std::string_view, std::set<std::string>>& referred,
                 std::vector<FreshRow>& rows) const {
        std::set<std::string> seen;
        for (const Row& row : table.rows) {
            if (!is_newcomers(sheet, row, referred)) continue;
            if (sheet.key && !is_serial(row[*sheet.key])) continue;
            if (seen.insert(sheet.identity_of(row)).second) rows.push_back({&sheet, row});
        }
    }

    bool is_newcomers(const Sheet& sheet, const Row& row,
                      const std::map<std::string_view, std::set<std::string>>& referred) const {
        if (sheet.layout != nullptr && sheet.layout->whole) return true;
        if (sheet.layout != nullptr && sheet.layout->found_by_reference) {
            const auto keys = referred.find(sheet.table->columns[sheet.identity.front()]);
            return keys != referred.end() && keys->second.contains(row[sheet.identity.front()].value_or(""));
        }
        bool names_somebody = false;
        for (const std::size_t column : sheet.people) {
            if (!row[column]) continue;
            const bool arrives = arriving_ != nullptr && arriving_->contains(*row[column]);
            const bool is_there = sheet.layout != nullptr && named_ != nullptr && named_->contains(*row[column]);
            if (!arrives && !is_there) return false;
            names_somebody = true;
        }
        return names_somebody;
    }

    void note_references(const std::vector<FreshRow>& rows,
                         std::map<std::string_view, std::set<std::string>>& referred) const {
        for (const Sheet& sheet : sheets_) {
            if (sheet.layout == nullptr || !sheet.layout->found_by_reference) continue;
            const std::string& name = sheet.table->columns[sheet.identity.front()];
            for (const FreshRow& each : rows) {
                const auto column = find_column(*each.sheet->table, name);
                if (column && each.row[*column]) referred[name].insert(*each.row[*column]);
            }
        }
    }

    // New keys for the rows, in place of those their own small county gave them, wherever they stand.
    void give_serials(std::vector<FreshRow>& rows) {
        std::map<std::string_view, std::map<std::string, std::string>> keys;
        for (FreshRow& each : rows) {
            if (!each.sheet->key) continue;
            const std::string old = *each.row[*each.sheet->key];
            const std::string now = numbered(old, next_serial(*each.sheet));
            replace_text(each.row, old, now);
            keys[each.sheet->layout->key].emplace(old, now);
        }
        for (FreshRow& each : rows) {
            const std::vector<std::string>& columns = each.sheet->table->columns;
            for (std::size_t i = 0; i < columns.size(); ++i) {
                if (!each.row[i] || i == each.sheet->key) continue;
                if (columns[i] == layout_.loose_reference) {
                    for (const auto& [name, some] : keys) {
                        if (const auto found = some.find(*each.row[i]); found != some.end()) {
                            each.row[i] = found->second;
                            break;
                        }
                    }
                } else if (const auto some = keys.find(key_name(columns[i])); some != keys.end()) {
                    if (const auto found = some->second.find(*each.row[i]); found != some->second.end())
                        each.row[i] = found->second;
                }
            }
        }
    }

    // ---- case rows

    // So many of the rows, rounded so that what is left over from one table counts in the next.
    struct Share {
        double rate;
        double left = 0.9;  // a small system has one at least
        std::size_t of(std::size_t rows) {
            left += rate * static_cast<double>(rows);
            const auto whole = static_cast<std::size_t>(left);
            left -= static_cast<double>(whole);
            return whole;
        }
    };

    void change_cases() {
        Share inserted{nightly_rates::kInserted};
        Share updated{nightly_rates::kUpdated};
        Share deleted{nightly_rates::kDeleted};
        for (Sheet& sheet : sheets_) {
            const std::size_t rows = sheet.table->rows.size();
            if (sheet.layout == nullptr || rows == 0) continue;
            Random random = random_.stream(sheet.table->name);
            std::size_t insertions = sheet.grows() ? inserted.of(rows) : 0;
            std::size_t updates = sheet.may_change() ? updated.of(rows) : 0;
            const std::size_t deletions = sheet.may_go() ? deleted.of(rows) : 0;
            if (sheet.layout->growth == CaseLayout::Growth::other_person)
                insert_for_others(sheet, std::exchange(insertions, 0), random);
            for (const std::size_t row : clean_rows(sheet, insertions + updates + deletions, random)) {
                if (insertions > 0) {
                    --insertions;
                    insert_like(sheet, row);
                } else if (updates > 0) {
                    --updates;
                    update(sheet, row, random);
                } else {
                    sheet.marks[row] = Sheet::Mark::deleted;
                }
            }
        }
    }

    // Draws rows that are as they should be (known person, key of the series, found once, bytes whole) and that nothing
    // happens to tonight.
    std::vector<std::size_t> clean_rows(const Sheet& sheet, std::size_t wanted, Random& random) const {
        const std::vector<Row>& rows = sheet.table->rows;
        if (wanted == 0 || rows.empty()) return {};
        std::set<std::size_t> broken;
        for (const Defect& defect : sheet.table->defects) broken.insert(defect.row);
        std::vector<std::size_t> drawn;
        std::unordered_map<std::string, int> times;
        for (std::size_t i = 0; i < kAttempts * (wanted + 2) && drawn.size() < 2 * wanted; ++i) {
            const std::size_t row = random.index(rows.size());
            const bool usable = !sheet.marks.contains(row) && !broken.contains(row) && knows_people(sheet, rows[row]) &&
                                (!sheet.key || is_serial(rows[row][*sheet.key]));
            if (usable && times.emplace(sheet.identity_of(rows[row]), 0).second) drawn.push_back(row);
        }
        for (const Row& row : rows) {
            if (const auto found = times.find(sheet.identity_of(row)); found != times.end()) ++found->second;
        }
        std::erase_if(drawn, [&](std::size_t row) { return times.at(sheet.identity_of(rows[row])) != 1; });
        drawn.resize(std::min(drawn.size(), wanted));
        return drawn;
    }

    bool knows_people(const Sheet& sheet, const Row& row) const {
        return std::all_of(sheet.people.begin(), sheet.people.end(), [&](std::size_t column) {
            return !row[column] || evolution_.people_.contains(*row[column]) || sheet.layout->whole;
        });
    }

    void insert_like(Sheet& sheet, std::size_t row) {
        Row made = sheet.table->rows[row];
        const std::string old = made[*sheet.key].value_or("");
        const std::string now = numbered(old, next_serial(sheet));
        replace_text(made, old, now);
        if (sheet.started) made[*sheet.started] = day_text(sheet);
        if (sheet.ended) made[*sheet.ended] = std::nullopt;
        add(sheet, std::move(made));
        if (sheet.layout->counted_in.empty()) return;
        Sheet& nested = *sheet_of(sheet.layout->counted_in);
        const std::size_t link = nested.table->column(nested.table->parent_link);
        for (const Row& child : nested.table->rows) {
            if (child[link] != Cell(old) || !knows_people(nested, child)) continue;
            Row copy = child;
            copy[link] = now;
            add(nested, std::move(copy));
        }
    }

    // The same of other people, where they have none of it yet.
    void insert_for_others(Sheet& sheet, std::size_t wanted, Random& random) {
        const std::vector<Row>& rows = sheet.table->rows;
        const std::size_t person = sheet.people.front();
        std::vector<std::pair<std::string, Row>> made;
        std::unordered_set<std::string> taken;
        for (const std::size_t row : clean_rows(sheet, wanted, random)) {
            for (std::size_t i = 0; i < kPeopleTried; ++i) {
                Row copy = rows[row];
                copy[person] = random.pick(rows)[person];
                std::string identity = sheet.identity_of(copy);
                if (knows_people(sheet, copy)) made.emplace_back(std::move(identity), std::move(copy));
            }
        }
        std::unordered_set<std::string> proposed;
        for (const auto& [identity, row] : made) proposed.insert(identity);
        for (const Row& row : rows) {
            std::string identity = sheet.identity_of(row);
            if (proposed.contains(identity)) taken.insert(std::move(identity));
        }
        for (auto& [identity, row] : made) {
            if (wanted == 0) break;
            if (!taken.insert(identity).second) continue;
            add(sheet, std::move(row));
            --wanted;
        }
    }

    void update(Sheet& sheet, std::size_t row, Random& random) {
        Row& cells = sheet.table->rows[row];
        if (sheet.ended && !cells[*sheet.ended] && (!sheet.changed || random.chance(kClosed)))
            return set(sheet, row, sheet.table->columns[*sheet.ended], day_text(sheet));
        if (!sheet.changed) return;
        constexpr int kDraws = 40;
        for (int i = 0; i < kDraws; ++i) {
            const Cell& other = random.pick(sheet.table->rows)[*sheet.changed];
            if (other && other != cells[*sheet.changed])
                return set(sheet, row, sheet.table->columns[*sheet.changed], Cell(*other));
        }
    }

    // ---- rows that could not be placed, or cannot be any more

    bool can_lose_its_person(const Sheet& sheet) const {
        return sheet.layout != nullptr && !sheet.layout->kept && sheet.key && sheet.is_leaf && !sheet.people.empty() &&
               sheet.table->parent.empty() && sheet.table->rows.size() > 1;
    }

    void mend() {
        Random random = random_.stream("mend");
        for (Sheet& sheet : sheets_) {
            if (!can_lose_its_person(sheet) || changes_.mended > 0) continue;
            for (std::size_t row = 0; row < sheet.table->rows.size() && changes_.mended == 0; ++row) {
                const Cell& person = sheet.table->rows[row][sheet.people.front()];
                const bool orphan = person && *person != "-1" && !evolution_.people_.contains(*person);
                if (!orphan || sheet.marks.contains(row)) continue;
                const std::vector<std::size_t> model = clean_rows(sheet, 1, random);
                if (model.empty()) break;
                set(sheet, row, sheet.table->columns[sheet.people.front()],
                    Cell(sheet.table->rows[model.front()][sheet.people.front()]));
                ++changes_.mended;
            }
        }
        heal_person(random);
    }

    void heal_person(Random& random) {
        std::vector<std::string>& unplaced = evolution_.dump_.unplaced_people;
        Sheet* people = sheet_of(layout_.person.table);
        if (unplaced.empty() || people == nullptr || !random.chance(kHealed)) return;
        Table& table = *people->table;
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            if (table.rows[row][people->people.front()] != Cell(unplaced.front())) continue;
            std::erase_if(table.defects, [&](const Defect& defect) { return defect.row == row; });
            mark_updated(*people, row);
            ++changes_.mended;
        }
        unplaced.erase(unplaced.begin());
    }

    void spoil() {
        Random random = random_.stream("spoil");
        std::vector<Sheet*> candidates;
        for (Sheet& sheet : sheets_) {
            if (can_lose_its_person(sheet)) candidates.push_back(&sheet);
        }
        if (candidates.empty()) return;
        Sheet& sheet = *random.pick(candidates);
        for (const std::size_t row : clean_rows(sheet, 1, random)) {
            const std::size_t column = sheet.people.front();
            const Cell& person = sheet.table->rows[row][column];
            if (!person) continue;
            const std::string nobody = unused_key(*person, static_cast<std::size_t>(plan_.night) + kFirstNobody);
            if (evolution_.people_.contains(nobody)) continue;
            set(sheet, row, sheet.table->columns[column], nobody);
            ++changes_.spoiled;
        }
    }

    // ---- the end of the night

    // An object is saved with what is nested in it.
    void touch_parents() {
        for (const Sheet& sheet : sheets_) {
            if (sheet.table->parent.empty() || sheet.marks.empty()) continue;
            Sheet* parent = sheet_of(sheet.table->parent);
            if (parent == nullptr || !parent->stamp) continue;
            const std::size_t link = sheet.table->column(sheet.table->parent_link);
            std::set<Cell> keys;
            for (const auto& [row, mark] : sheet.marks) keys.insert(sheet.table->rows[row][link]);
            const std::size_t key = parent->table->column(sheet.table->parent_key);
            for (std::size_t row = 0; row < parent->table->rows.size(); ++row) {
                Row& cells = parent->table->rows[row];
                if (!keys.contains(cells[key]) || !parent->marks.try_emplace(row, Sheet::Mark::touched).second)
                    continue;
                cells[*parent->stamp] = stamp_now(*parent);
            }
        }
    }

    void count() {
        for (const Sheet& sheet : sheets_) {
            EntityChanges& entity = changes_.entities[std::string(sheet.entity)];
            const bool of_nested = sheet.layout != nullptr && !sheet.layout->counted_in.empty();
            if (!of_nested) entity.inserted += sheet.added.size();
            for (const auto& [row, mark] : sheet.marks) {
                const std::size_t rows = of_nested ? nested_rows(sheet, row) : 1;
                if (mark == Sheet::Mark::updated) entity.updated += rows;
                if (mark == Sheet::Mark::deleted) entity.deleted += rows;
                if (mark == Sheet::Mark::touched) entity.touched += rows;
            }
        }
        std::erase_if(changes_.entities, [](const auto& each) {
            const EntityChanges& some = each.second;
            return some.inserted + some.updated + some.deleted + some.touched == 0;
        });
    }

    std::size_t nested_rows(const Sheet& sheet, std::size_t row) {
        const Table& nested = *sheet_of(sheet.layout->counted_in)->table;
        const std::size_t link = nested.column(nested.parent_link);
        const Cell& key = sheet.table->rows[row][sheet.table->column(nested.parent_key)];
        return static_cast<std::size_t>(
            std::count_if(nested.rows.begin(), nested.rows.end(), [&](const Row& each) { return each[link] == key; }));
    }

    void close_sheets() {
        for (Sheet& sheet : sheets_) {
            take_out_deleted(sheet);
            put_in_added(sheet);
        }
    }

    static void take_out_deleted(Sheet& sheet) {
        std::vector<std::size_t> place(sheet.table->rows.size());
        std::size_t kept = 0;
        for (std::size_t row = 0; row < sheet.table->rows.size(); ++row) {
            const auto mark = sheet.marks.find(row);
            const bool goes = mark != sheet.marks.end() && mark->second == Sheet::Mark::deleted;
            place[row] = goes ? sheet.table->rows.size() : kept;
            if (goes) continue;
            if (kept != row) sheet.table->rows[kept] = std::move(sheet.table->rows[row]);
            ++kept;
        }
        std::erase_if(sheet.table->defects, [&](const Defect& defect) { return place[defect.row] == place.size(); });
        for (Defect& defect : sheet.table->defects) defect.row = place[defect.row];
        sheet.table->rows.resize(kept);
    }

    // At the end; before a quote that is never closed, which would swallow them.
    static void put_in_added(Sheet& sheet) {
        std::vector<Row>& rows = sheet.table->rows;
        std::size_t end = rows.size();
        for (Defect& defect : sheet.table->defects) {
            if (defect.kind != DefectKind::unbalanced_quote || defect.row + 1 != rows.size()) continue;
            end = defect.row;
            defect.row += sheet.added.size();
        }
        rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(end), std::make_move_iterator(sheet.added.begin()),
                    std::make_move_iterator(sheet.added.end()));
    }

    // Of the serials of keys that nobody has, those above the ones of the first night's orphans.
    static constexpr std::size_t kFirstNobody = 5000;

    DumpEvolution& evolution_;
    const SystemLayout& layout_;
    const NightPlan& plan_;
    const Day day_;
    Random random_;
    Random stamps_;
    std::vector<Sheet> sheets_;
    SystemChanges changes_;
    const std::set<std::string>* arriving_ = nullptr;
    const std::set<std::string>* named_ = nullptr;
    std::set<const PersonChange*> moved_;
};

DumpEvolution::DumpEvolution(SystemDump& dump, const SystemView& view, std::uint64_t seed)
    : dump_(dump), layout_(layout_of(view.system)), random_(Random(seed, "rows of the nights").stream(view.system)) {
    for (const PersonView& person : view.people) people_.insert(person.key);
    for (const Table& table : dump.tables) {
        const auto layout = std::find_if(layout_.cases.begin(), layout_.cases.end(),
                                         [&](const CaseLayout& each) { return each.table == table.name; });
        if (layout == layout_.cases.end() || layout->key.empty()) continue;
        const std::size_t key = table.column(layout->key);
        std::uint64_t& last = last_serial_[table.name];
        for (const Row& row : table.rows) {
            if (is_serial(row[key])) last = std::max(last, last_number(*row[key]));
        }
    }
}

SystemChanges DumpEvolution::take_night(const NightPlan& plan, const SystemDump& fresh) {
    return Night(*this, plan).take(fresh);
}

}  // namespace simulate
