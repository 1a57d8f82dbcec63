#pragma once
// The records of the FastCGI protocol (specification 1.0, section 3.3) that carry an answer. For
// connections that libfcgi has given away: it only knows writes that block.
#include <string>
#include <string_view>

namespace runyard {

/// Appends FCGI_STDOUT records with these bytes.
void append_output(std::string& records, int request_id, std::string_view bytes);

/// Appends the end of the output and of the request.
void append_end_of_request(std::string& records, int request_id);

}  // namespace runyard
