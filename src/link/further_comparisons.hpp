#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "link/linkage_model.hpp"
#include "link/text_terms.hpp"
#include "people/person_store.hpp"

namespace caseweave {

/// Holds the values of a model's further columns, laid out for comparing: 16 bytes a value, a record's values side by
/// side, so that two records' worth of comparisons touches four cache lines and most are decided there.
///
/// Built from the extra columns of a store that bear the names of the model's further comparisons; a column the store
/// lacks has no values. Immutable; any thread may compare.
class FurtherTable {
  public:
    FurtherTable() = default;
    /// `order`: the rows by rank.
    FurtherTable(const PersonStore& store, std::span<const FurtherComparison> comparisons,
                 std::span<const PersonRow> order);

    std::size_t columns() const noexcept { return columns_.size(); }
    bool has_values(std::size_t column) const noexcept { return columns_[column].values > 0; }

    /// Compares one column of two records; kNull where either has no value.
    Level compare(std::size_t column, std::uint32_t a, std::uint32_t b) const;
    /// Gives the bits by which the rarity of a record's value differs from the column's average.
    float rarity_bits(std::size_t column, std::uint32_t rank) const noexcept;
    /// Bounds rarity_bits() from above; never below 0.
    float most_rarity_bits(std::size_t column) const noexcept { return columns_[column].most_rarity; }
    /// Fetches a record's values before they are compared.
    void prefetch(std::uint32_t rank) const noexcept { __builtin_prefetch(cells_.data() + rank * columns_.size()); }
    /// Gives the chance that two records with a value have the same one.
    double chance_agreement(std::size_t column) const noexcept { return columns_[column].chance; }
    /// Gives a value that is equal where the column's values are; 0 for none. For blocking.
    std::uint32_t key(std::size_t column, std::uint32_t rank) const noexcept {
        return cells_[rank * columns_.size() + column].id;
    }

  private:
    /// One value: what decides most comparisons (see text::Signature), and its id among the terms. For dates, `symbols`
    /// holds the days since 2000-01-01; for numbers, the bits of a double.
    struct Cell {
        std::uint64_t symbols = 0;
        std::uint32_t id = 0;
        std::uint8_t length = 0;  // kLong: the signature bounds nothing
        std::uint8_t overflow = 0;
        char first = 0;
        char second = 0;
    };
    static_assert(sizeof(Cell) == 16);
    static constexpr std::uint8_t kLong = 0xFF;
    static text::Signature signature(const Cell& cell) noexcept;

    struct Column {
        FurtherKind kind = FurtherKind::exact;
        std::vector<double> thresholds;
        std::size_t values = 0;
        double chance = 0;
        std::vector<float> rarity;  // by id
        float most_rarity = 0;
        TextTerms terms;
    };
    static Cell make_cell(Column& column, std::string_view value);
    void count(std::size_t column);

    std::vector<Column> columns_;
    std::vector<Cell> cells_;  // by rank, then column
};

}  // namespace caseweave
