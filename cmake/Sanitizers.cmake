# -DIRSCALE_SANITIZE=address,undefined builds the library and its tests under sanitizers.
set(IRSCALE_SANITIZE "" CACHE STRING "comma-separated list for -fsanitize")
function(irscale_sanitizers target)
  if(IRSCALE_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${IRSCALE_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${IRSCALE_SANITIZE})
  endif()
endfunction()
