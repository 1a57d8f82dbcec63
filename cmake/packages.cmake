# What `./runyard package` puts into Debian packages: runyard-common, runyard-server (API, gateway, migrations, the
# page, what Nginx includes), runyard-worker, and runyard-cli for those who use them. setup/debian has their scripts, units and settings.

set(data share/runyard)
set(package_files ${PROJECT_BINARY_DIR}/package)

# The names between at signs in nginx/*.inc, as setup/nginx.sh fills them in for ./runyard up; and as they are, for
# runyard-nginx-prefix.
set(PREFIX "")
set(NGINX /usr/share/runyard/nginx)
set(APP /usr/share/runyard)
set(VAR /var/lib/runyard)
set(SOCKET /run/runyard/api.sock)
set(GATEWAY_SOCKET /run/runyard/gateway/live.sock)
file(GLOB nginx_files CONFIGURE_DEPENDS nginx/*.inc)
foreach(file ${nginx_files})
  get_filename_component(name ${file} NAME)
  configure_file(${file} ${package_files}/nginx/${name} @ONLY)
endforeach()
file(CREATE_LINK /etc/runyard/cors.conf ${package_files}/nginx/cors.conf SYMBOLIC)

install(DIRECTORY docker/languages DESTINATION ${data} COMPONENT common PATTERN tests EXCLUDE)

install(TARGETS runyard-api runyard-gateway runyard-migrate runyard-admin RUNTIME DESTINATION bin COMPONENT server)
install(DIRECTORY sql/migrations DESTINATION ${data} COMPONENT server)
install(FILES sql/roles.sql DESTINATION ${data} COMPONENT server)
install(FILES fcgi-app/openapi.yaml DESTINATION ${data} COMPONENT server)
install(DIRECTORY ${package_files}/nginx DESTINATION ${data} COMPONENT server)
install(DIRECTORY nginx/ DESTINATION ${data}/nginx-templates COMPONENT server FILES_MATCHING PATTERN "*.inc" PATTERN cors.conf)
install(PROGRAMS nginx/runyard-nginx-prefix DESTINATION sbin COMPONENT server)
# What npm brings is built before, see setup/node.sh.
install(DIRECTORY build/page build/docs DESTINATION ${data} COMPONENT server OPTIONAL)
install(PROGRAMS setup/debian/runyard-create-database DESTINATION sbin COMPONENT server)
install(FILES admin/runyard-admin.1 DESTINATION share/man/man1 COMPONENT server)

install(TARGETS runyard-worker RUNTIME DESTINATION bin COMPONENT worker)
install(TARGETS runyard-agent runyard-agent-local RUNTIME DESTINATION lib/runyard COMPONENT worker)
install(DIRECTORY docker/ DESTINATION ${data}/docker COMPONENT worker USE_SOURCE_PERMISSIONS
  PATTERN languages EXCLUDE PATTERN services EXCLUDE)
install(PROGRAMS setup/debian/runyard-build-images DESTINATION sbin COMPONENT worker)

install(TARGETS runyard-cli RUNTIME DESTINATION bin COMPONENT cli)
install(FILES cli/runyard-cli.1 DESTINATION share/man/man1 COMPONENT cli)
install(FILES cli/runyard-cli.bash DESTINATION share/bash-completion/completions RENAME runyard-cli COMPONENT cli)

foreach(unit runyard-migrate.service runyard-api.socket runyard-api.service runyard-gateway.service)
  install(FILES setup/debian/systemd/${unit} DESTINATION /lib/systemd/system COMPONENT server)
endforeach()
install(FILES setup/debian/systemd/runyard-worker.service DESTINATION /lib/systemd/system COMPONENT worker)
install(FILES setup/debian/systemd/runyard-server.conf DESTINATION /usr/lib/tmpfiles.d COMPONENT server)
install(FILES setup/debian/systemd/runyard-worker.conf DESTINATION /usr/lib/tmpfiles.d COMPONENT worker)
install(FILES setup/debian/etc/api.conf setup/debian/etc/gateway.conf setup/debian/etc/migrate.conf setup/debian/etc/admin.conf nginx/cors.conf
  DESTINATION /etc/runyard COMPONENT server)
install(FILES setup/debian/etc/worker.conf DESTINATION /etc/runyard COMPONENT worker)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME runyard)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Runyard maintainers <maintainers@runyard.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "runs untrusted programs in sandboxes")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL common server worker cli)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_COMMON_PACKAGE_NAME runyard-common)
set(CPACK_DEBIAN_COMMON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_COMMON_PACKAGE_SHLIBDEPS OFF)
set(CPACK_COMPONENT_COMMON_DESCRIPTION "the languages that Runyard knows\n Their manifests, samples and the recipes of their images.")
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME runyard-server)
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "runyard-common (= ${PROJECT_VERSION}), adduser, multiwatch")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS "nginx | httpd, postgresql")
set(CPACK_COMPONENT_SERVER_DESCRIPTION "the HTTP interface and live runs\n Takes programs from clients behind Nginx and puts them into PostgreSQL, from where workers take them.")
set(CPACK_DEBIAN_WORKER_PACKAGE_NAME runyard-worker)
set(CPACK_DEBIAN_WORKER_PACKAGE_DEPENDS "runyard-common (= ${PROJECT_VERSION}), adduser, jq, docker.io | docker-cli | docker-ce-cli")
set(CPACK_DEBIAN_WORKER_PACKAGE_RECOMMENDS "docker.io | docker-ce, mmdebstrap")
set(CPACK_COMPONENT_WORKER_DESCRIPTION "runs the programs\n Takes them from PostgreSQL and runs them in hardened containers, any number of workers beside each other.")
# Of any desk: nothing but the libraries that it is linked with, and whom to trust.
set(CPACK_DEBIAN_CLI_PACKAGE_NAME runyard-cli)
set(CPACK_DEBIAN_CLI_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_CLI_PACKAGE_SECTION utils)
set(CPACK_COMPONENT_CLI_DESCRIPTION "the command-line client\n Runs programs on a Runyard server as if they ran here.")
foreach(component SERVER WORKER)
  string(TOLOWER ${component} folder)
  set(CPACK_DEBIAN_${component}_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/setup/debian/${folder}/postinst
    ${PROJECT_SOURCE_DIR}/setup/debian/${folder}/prerm
    ${PROJECT_SOURCE_DIR}/setup/debian/${folder}/postrm
    ${PROJECT_SOURCE_DIR}/setup/debian/${folder}/conffiles)
  set(CPACK_DEBIAN_${component}_PACKAGE_CONTROL_STRICT_PERMISSION ON)
endforeach()
include(CPack)
