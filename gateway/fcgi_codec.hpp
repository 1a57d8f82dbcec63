#pragma once
// The client's side of FastCGI (specification 1.0) as bytes. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runyard::gateway {

using FcgiParams = std::vector<std::pair<std::string, std::string>>;

/// One whole responder request, its body included, on a connection that is not kept.
std::string encode_fcgi_request(const FcgiParams& params, std::string_view body);

/// Takes the records of the answer to one request as they come.
class FcgiAnswerReader final {
 public:
  /// `max_bytes`: of the answer's standard output.
  explicit FcgiAnswerReader(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// False when this is no FastCGI, another request's record, an unfinished protocol or larger than
  /// allowed: the connection is of no more use.
  bool feed(std::string_view bytes);
  /// The end was seen.
  bool complete() const { return complete_; }
  std::string take_output() { return std::move(output_); }

 private:
  bool take_record(unsigned char type, std::string_view content);

  std::size_t max_bytes_;
  std::string pending_;  ///< an incomplete record
  std::string output_;
  bool complete_ = false;
};

struct CgiAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  const std::string* header(std::string_view name) const;
};

/// Header lines, an empty line, the body (RFC 3875 section 6). nullopt when it is not that.
std::optional<CgiAnswer> parse_cgi_answer(std::string output);

}  // namespace runyard::gateway
