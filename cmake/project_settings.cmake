# What our own code is compiled with. Linked PRIVATE, so that it never leaks into a library's headers.
add_library(project_settings INTERFACE)
target_include_directories(project_settings INTERFACE ${PROJECT_SOURCE_DIR})
if(RUNYARD_SANITIZE)
  target_compile_options(project_settings INTERFACE
    -fsanitize=${RUNYARD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(project_settings INTERFACE -fsanitize=${RUNYARD_SANITIZE})
endif()

add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual)
if(RUNYARD_WERROR)
  target_compile_options(project_warnings INTERFACE -Werror)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
