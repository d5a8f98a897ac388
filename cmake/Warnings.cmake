# Every warning is an error, but for a compiler that nobody here has tried.
option(IRSCALE_STRICT "Warnings are errors" ON)
function(irscale_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                         $<$<BOOL:${IRSCALE_STRICT}>:-Werror>)
endfunction()
