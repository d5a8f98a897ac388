# The CPU's kernels as objects, each with the compiler options that it needs: for the library and for their own tests.
set(kernels ${CMAKE_CURRENT_SOURCE_DIR}/../kernels)
file(GLOB sources_of_kernels CONFIGURE_DEPENDS ${kernels}/*_cpu.cpp)
set_source_files_properties(${kernels}/noise_cpu.cpp ${kernels}/transition_cpu.cpp ${kernels}/guidance_cpu.cpp
                            ${kernels}/widen_cpu.cpp ${kernels}/ggml_blocks_cpu.cpp
                            PROPERTIES COMPILE_OPTIONS -ffp-contract=off)

# For processors with matrix tiles, which they ask for before they run. Last in the list: what their files instantiate of
# the C++ library must not stand in for the others', which run everywhere.
include(CheckCXXCompilerFlag)
set(amx -mamx-tile -mamx-bf16 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512bf16 -mfma)
string(REPLACE ";" " " amx_line "${amx}")
check_cxx_compiler_flag("${amx_line}" IRSCALE_AMX)
set(amx_sources ${kernels}/amx_attention_cpu.cpp ${kernels}/amx_linear_cpu.cpp ${kernels}/amx_rows_cpu.cpp)
if(IRSCALE_AMX)
  # GCC 12's own intrinsics warn (bug 105593).
  set_source_files_properties(${amx_sources} PROPERTIES
                              COMPILE_OPTIONS "${amx};-Wno-uninitialized;-Wno-maybe-uninitialized")
endif()
list(REMOVE_ITEM sources_of_kernels ${amx_sources})
list(APPEND sources_of_kernels ${amx_sources})

add_library(kernels OBJECT ${sources_of_kernels})
target_include_directories(kernels PUBLIC ${kernels})
irscale_warnings(kernels)
irscale_sanitizers(kernels)
