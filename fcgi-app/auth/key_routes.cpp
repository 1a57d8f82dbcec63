// GET and POST /auth/keys, DELETE /auth/keys/{id}.
#include <algorithm>

#include "core/ids.hpp"
#include "fcgi-app/auth/auth_service.hpp"
#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"

namespace runyard {
namespace {

/// An address is nobody's own: whoever has it tomorrow would find the keys of today's.
bool is_address(const Caller& caller) { return caller.owner.rfind("addr:", 0) == 0; }

Response no_keys_for_addresses() {
  return problem_response(403, "an anonymous caller has no API keys: sign in first");
}

void write_key(json::Writer& writer, const ApiKey& key) {
  writer.member("id", key.id).member("name", key.name);
  writer.key("scopes").begin_array();
  for (const auto& scope : key.scopes) writer.string(scope);
  writer.end_array().member("created_at", key.created_at).key("last_used_at");
  key.last_used_at ? writer.string(*key.last_used_at) : writer.null();
}

Response list(AuthService& auth, const Request& request, const Caller& caller) {
  BodyErrors errors;
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);
  json::Writer writer;
  writer.begin_object().key("keys").begin_array();
  for (const auto& key : auth.accounts.keys(caller.owner)) {
    writer.begin_object();
    write_key(writer, key);
    writer.end_object();
  }
  writer.end_array().end_object();
  return json_response(200, writer.text());
}

/// The scopes by name, without repetitions; all mistakes go to `errors`.
std::vector<std::string> read_scopes(ObjectReader& reader, BodyErrors& errors) {
  if (!reader.member("scopes")) return {"read", "submit"};
  const auto found = errors.fields().size();
  const auto names = reader.texts("scopes", 100, 1000);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (std::find(scope_names().begin(), scope_names().end(), names[i]) == scope_names().end())
      errors.add("scopes[" + std::to_string(i) + "]", "must be one of " + name_list(scope_names()));
  if (names.empty() && errors.fields().size() == found)
    errors.add("scopes", "must hold at least one of " + name_list(scope_names()));
  return names_of(scopes_from(names));
}

Response make(AuthService& auth, const Request& request, const Caller& caller) {
  auto body = read_json(request);
  if (auto* refused = std::get_if<Response>(&body)) return std::move(*refused);
  BodyErrors errors;
  ObjectReader reader(std::get<json::Value>(body), "", errors);
  const auto* name = reader.required_text("name", {kMaxKeyNameBytes, false, false});
  auto scopes = read_scopes(reader, errors);
  reader.refuse_unknown();
  QueryReader(request, errors).refuse_unknown();
  if (!errors.empty()) return refusal(errors);

  // Nobody gives themself what lets them go before others, nor passes it on: revoking the
  // operator's key takes it away for good.
  if (scopes_from(scopes).has(Scope::kPriority))
    return problem_response(
        403, "only the operator gives the scope \"priority\" (runyard-admin key add)");
  const auto own = names_of(caller.scopes);
  for (const auto& scope : scopes)
    if (std::find(own.begin(), own.end(), scope) == own.end())
      return problem_response(
          403, "this key has not the scope " + in_quotes(scope) + ", so it cannot give it away");
  const auto text = new_api_key();
  const auto key = auth.accounts.add_key(
      {new_uuid7(), caller.owner, *name, digest_of_key(text), std::move(scopes)}, kMaxKeysOfOwner);
  if (!key && auth.accounts.keys(caller.owner).size() < static_cast<std::size_t>(kMaxKeysOfOwner))
    return unauthorized_response("this account is no more, or is disabled");
  if (!key)
    return problem_response(
        409, "there are " + std::to_string(kMaxKeysOfOwner) + " keys already: delete one first");
  json::Writer writer;
  writer.begin_object();
  write_key(writer, *key);
  writer.member("key", text).end_object();
  auto response = json_response(201, writer.text());
  response.headers.emplace_back("Location", "/api/v1/auth/keys/" + key->id);
  return response;
}

Response remove(AuthService& auth, const Request& request, const Caller& caller) {
  const auto& id = request.params.at(0);
  if (is_uuid(id)) {
    if (auto refused = refuse_body(request)) return std::move(*refused);
    BodyErrors errors;
    QueryReader(request, errors).refuse_unknown();
    if (!errors.empty()) return refusal(errors);
    if (auth.accounts.remove_key(id, caller.owner)) {
      auth.keys.forget();
      Response response;
      response.status = 204;
      return response;
    }
  }
  return problem_response(404, "there is no such key");
}

}  // namespace

void add_key_routes(Router& router, const ApiContext& context) {
  auto* auth = context.auth;
  if (!auth) return;
  using Route = Response (*)(AuthService&, const Request&, const Caller&);
  const auto add = [&](const char* method, const std::string& path, Route route) {
    router.add(method, path,
               for_caller(context, Scope::kAccount,
                          [auth, route](const Request& request, const Caller& caller) {
                            if (is_address(caller)) return no_keys_for_addresses();
                            return route(*auth, request, caller);
                          }));
  };
  const std::string path = "/api/v1/auth/keys";
  add("GET", path, list);
  add("POST", path, make);
  add("DELETE", path + "/{id}", remove);
}

}  // namespace runyard
