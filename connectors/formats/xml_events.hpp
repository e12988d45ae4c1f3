#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace caseweave {

/// Gives an element's attributes by local name.
class XmlAttributes {
  public:
    XmlAttributes(const unsigned char** attributes, int count) : attributes_(attributes), count_(count) {}
    /// @return the value, or a view whose data() is null when there is no such attribute.
    std::string_view find(std::string_view local_name) const noexcept;

  private:
    const unsigned char** attributes_;
    int count_;
};

/// Takes the events of one small, known XML vocabulary. Nothing may be thrown from here: call XmlEventParser::stop.
class XmlEvents {
  public:
    virtual ~XmlEvents() = default;
    virtual void start_element(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual void end_element(std::string_view name) = 0;
    virtual void text(std::string_view piece) = 0;
};

/// Parses a document given in pieces. Document types are refused, nothing external is fetched.
class XmlEventParser {
  public:
    XmlEventParser(XmlEvents& events, std::string name);
    ~XmlEventParser();
    /// @throws Error(integrity) with line when the document is not well-formed or stop() was called.
    void parse(std::string_view piece);
    void finish();
    /// Ends parsing with a reason for people, from inside an event.
    void stop(const std::string& reason);

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

}  // namespace caseweave
