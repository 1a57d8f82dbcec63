// POST /auth/register, POST /auth/token and GET /auth/me.
#include "fcgi-app/auth/account_fields.hpp"
#include "fcgi-app/auth/auth_service.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

constexpr int kRetryAfterBusy = 1;

Response too_many(std::chrono::seconds wait, const char* what) {
  auto response = problem_response(429, std::string("too many ") + what + " of late; wait " +
                                            std::to_string(wait.count()) + " s");
  response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return response;
}

Response busy() {
  return unavailable_response("too many sign in at this moment; try again", kRetryAfterBusy);
}

void write_user(json::Writer& writer, const User& user) {
  writer.member("id", user.id)
      .member("username", user.username)
      .member("email", user.email)
      .member("full_name", user.full_name)
      .member("created_at", user.created_at);
}

Response enroll(AuthService& auth, const Request& request) {
  if (!auth.registration_open)
    return problem_response(403, "nobody can register here: ask the operator for an account");
  auto body = read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);
  BodyErrors errors;
  auto wanted = read_registration(std::get<json::Value>(body), errors);
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);

  auto wait = auth.registrations.count_address(request.remote_addr);
  if (!wait) wait = auth.registrations.count_name(wanted.username);
  if (wait) return too_many(*wait, "registrations");
  auto hash = auth.hasher.hash(wanted.password);
  if (!hash) return busy();
  const auto outcome = auth.accounts.add_user({std::move(wanted.username), std::move(wanted.email),
                                               std::move(wanted.full_name), std::move(*hash)});
  if (const auto* taken = std::get_if<Taken>(&outcome)) {
    const char* field = *taken == Taken::kUsername ? "username" : "email";
    return problem_response(409, std::string("this ") + field + " is taken",
                            {{field, "is another user's"}});
  }
  json::Writer writer;
  writer.begin_object();
  write_user(writer, std::get<User>(outcome));
  writer.end_object();
  return json_response(201, writer.text());
}

bool is_form(const Request& request) {
  const auto* type = request.header("content-type");
  return type && equal_ignoring_case(std::string_view(*type).substr(0, type->find(';')),
                                     "application/x-www-form-urlencoded");
}

constexpr std::size_t kMaxFormFields = 20;

/// The fields of a form as an object of texts, or why there are none.
std::variant<json::Value, Response> read_form(const Request& request) {
  if (request.body_too_large)
    return problem_response(413, "the body is larger than this server takes");
  if (request.body_incomplete)
    return problem_response(400, "the body ended before its announced length");
  const auto fields = parse_query(request.body);
  if (!fields)
    return problem_response(400,
                            "the form holds a broken %-escape, a NUL or bytes that are not "
                            "UTF-8");
  // Nobody has shown who he is yet: what is looked at is bounded before it is looked at.
  if (fields->size() > kMaxFormFields)
    return problem_response(422,
                            "the form has more than " + std::to_string(kMaxFormFields) + " fields");
  json::Object object;
  for (const auto& [name, value] : *fields) {
    for (const auto& [known, unused] : object)
      if (known == name)
        return problem_response(400, in_quotes(name) + " stands twice in the form");
    object.emplace_back(name, json::Value(value));
  }
  return json::Value(std::move(object));
}

Response sign_in(AuthService& auth, const Request& request) {
  if (!auth.tokens)
    return problem_response(403, "nobody can sign in by a password here: use an API key");
  auto body = is_form(request) ? read_form(request) : read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);
  BodyErrors errors;
  const auto given = read_sign_in(std::get<json::Value>(body), errors);
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);

  if (const auto wait = auth.sign_ins.count_address(request.remote_addr))
    return too_many(*wait, "attempts to sign in");
  const auto stored = auth.accounts.find_password(given.username);
  // A user has one count, however his name is written.
  const auto name = stored ? "id " + std::to_string(stored->user_id) : "unknown " + given.username;
  if (const auto wait = auth.sign_ins.count_user(request.remote_addr, name))
    return too_many(*wait, "attempts to sign in");
  const auto check = auth.hasher.check(given.password, stored ? stored->hash : std::nullopt);
  if (check == PasswordHasher::Check::kWrong)
    return unauthorized_response("Incorrect username or password");
  auth.sign_ins.forgive(request.remote_addr, name);
  if (check == PasswordHasher::Check::kBusy) return busy();
  json::Writer writer;
  writer.begin_object()
      .member("access_token", auth.tokens->issue({stored->user_id, stored->token_generation}))
      .member("token_type", "bearer")
      .member("expires_in", static_cast<std::int64_t>(auth.tokens->lifetime().count()))
      .end_object();
  return json_response(200, writer.text());
}

Response show_me(AuthService& auth, const Request& request, const Caller& caller) {
  BodyErrors errors;
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);
  constexpr std::string_view kVouched = "user:";
  json::Writer writer;
  writer.begin_object();
  if (caller.user_id) {
    const auto user = auth.accounts.find_user(*caller.user_id);
    if (!user) return unauthorized_response("this account is no more");
    write_user(writer, *user);
  } else if (caller.owner.substr(0, kVouched.size()) == kVouched) {
    // The web server's: it knows the name, and nothing else is known here.
    writer.key("id").null().member("username", caller.owner.substr(kVouched.size()));
    for (const auto* name : {"email", "full_name", "created_at"}) writer.key(name).null();
  } else {
    return unauthorized_response("nobody is signed in");
  }
  writer.key("scopes").begin_array();
  for (const auto& scope : names_of(caller.scopes)) writer.string(scope);
  writer.end_array().end_object();
  return json_response(200, writer.text());
}

}  // namespace

void add_account_routes(Router& router, const ApiContext& context) {
  auto* auth = context.auth;
  if (!auth) return;
  const std::string path = "/api/v1/auth";
  router.add("POST", path + "/register",
             [auth](const Request& request) { return enroll(*auth, request); });
  router.add("POST", path + "/token",
             [auth](const Request& request) { return sign_in(*auth, request); });
  router.add(
      "GET", path + "/me",
      for_caller(context, Scope::kAccount, [auth](const Request& request, const Caller& caller) {
        return show_me(*auth, request, caller);
      }));
}

}  // namespace runyard
