#include "connectors/transports/transport_settings.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace caseweave {

namespace {

/// Reads from both tables, so that a default that a job overrides still counts as known and still has its type checked.
template <typename Read>
auto read_overridden(const TransportContext& context, std::string_view key, Read read) {
    std::optional<decltype(read(context.job_settings))> value;
    for (const TomlTable* const table : {&context.connector.transport_settings, &context.job_settings}) {
        auto given = read(*table);  // also where it is absent, so that a mistyped key finds this one as its nearest
        if (table->has(key)) value = std::move(given);
    }
    return value;
}

}  // namespace

const OptionDescriptor& TransportSettings::option(std::string_view key) const {
    const auto found =
        std::find_if(options_->begin(), options_->end(), [&](const OptionDescriptor& o) { return o.name == key; });
    assert(found != options_->end());
    return *found;
}

std::string TransportSettings::string(std::string_view key) const {
    const OptionDescriptor& described = option(key);
    const auto value = read_overridden(*context_, key, [&](const TomlTable& table) { return table.string(key, ""); });
    if (value) return *value;
    if (described.fallback == "required") {
        // A mistyped name of this very option: say that, where it stands.
        for (const std::string& given : context_->job_settings.keys()) {
            const bool known = std::any_of(options_->begin(), options_->end(),
                                           [&](const OptionDescriptor& o) { return o.name == given; });
            if (!known && nearest_word(given, {std::string(key)}) == key)
                context_->job_settings.fail(
                    given, "unknown key \"" + given + "\"; did you mean \"" + std::string(key) + "\"?");
        }
        context_->job_settings.fail(key, "system " + context_->connector.name + " needs " + std::string(key) +
                                             " under [system." + context_->connector.name +
                                             ".transport]: " + described.description);
    }
    return described.fallback;
}

std::int64_t TransportSettings::integer(std::string_view key, std::int64_t least, std::int64_t most) const {
    const OptionDescriptor& described = option(key);
    const std::int64_t value = read_overridden(*context_, key, [&](const TomlTable& table) {
                                   return table.integer(key, 0);
                               }).value_or(std::stoll(described.fallback));
    if (value < least || value > most) {
        fail(key, std::string(key) + " must be between " + std::to_string(least) + " and " + std::to_string(most));
    }
    return value;
}

bool TransportSettings::boolean(std::string_view key) const {
    const OptionDescriptor& described = option(key);
    return read_overridden(*context_, key, [&](const TomlTable& table) { return table.boolean(key, false); })
        .value_or(described.fallback == "true");
}

std::vector<std::string> TransportSettings::strings(std::string_view key) const {
    (void)option(key);
    return read_overridden(*context_, key, [&](const TomlTable& table) { return table.strings(key); })
        .value_or(std::vector<std::string>{});
}

std::string TransportSettings::secret(std::string_view key) const {
    (void)option(key);
    return context_->secret(key);
}

void TransportSettings::finish() const {
    context_->connector.transport_settings.finish();
    context_->job_settings.finish();
}

void TransportSettings::fail(std::string_view key, const std::string& message) const {
    (context_->job_settings.has(key) ? context_->job_settings : context_->connector.transport_settings)
        .fail(key, message);
}

}  // namespace caseweave
