#pragma once

namespace caseweave {

/// Keeps libxml2 from printing on standard error in the calling thread: of bytes it cannot convert 2.9.14 quotes some,
/// past the handlers of its parser. Costs next to nothing; call it before every piece, since threads take turns.
void silence_xml_parser() noexcept;

}  // namespace caseweave
