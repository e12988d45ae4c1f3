#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "extract/source.hpp"

namespace caseweave {

/// Reads a document that is in memory already. The text must outlive the stream.
class MemoryStream final : public ByteStream {
  public:
    MemoryStream(std::string name, std::string_view text) : name_(std::move(name)), rest_(text) {}
    std::size_t read(std::span<char> buffer) override {
        const std::size_t size = std::min(buffer.size(), rest_.size());
        if (size > 0) std::memcpy(buffer.data(), rest_.data(), size);
        rest_.remove_prefix(size);
        return size;
    }
    const std::string& name() const override { return name_; }

  private:
    std::string name_;
    std::string_view rest_;
};

}  // namespace caseweave
