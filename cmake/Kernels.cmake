# The CPU's kernels as objects, each with the compiler options that it needs: for the library and for their own tests.
set(kernels ${CMAKE_CURRENT_SOURCE_DIR}/../kernels)
file(GLOB sources_of_kernels CONFIGURE_DEPENDS ${kernels}/*_cpu.cpp)
set_source_files_properties(${kernels}/noise_cpu.cpp ${kernels}/transition_cpu.cpp ${kernels}/guidance_cpu.cpp
                            ${kernels}/widen_cpu.cpp ${kernels}/ggml_blocks_cpu.cpp
                            PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
# What chooses among the levels, apart: tests give it another answer.
set(sources_of_choice ${kernels}/tile_level_cpu.cpp ${kernels}/tiles_cpu.cpp)
list(REMOVE_ITEM sources_of_kernels ${sources_of_choice})
add_library(kernels_of_all OBJECT ${sources_of_kernels})
add_library(kernels_choice OBJECT ${sources_of_choice})
foreach(target kernels_of_all kernels_choice)
  target_include_directories(${target} PUBLIC ${kernels})
  irscale_warnings(${target})
  irscale_sanitizers(${target})
endforeach()
set(objects_of_kernels $<TARGET_OBJECTS:kernels_of_all> $<TARGET_OBJECTS:kernels_choice>)

# The same sources for each level of processors (kernels/tile_level.h), which is asked for before they run. In ascending order
# and last: what their files instantiate of the C++ library must not stand in for the others', which run on less.
include(CheckCXXCompilerFlag)
set(avx2 -mavx2 -mfma)
set(avx512 ${avx2} -mavx512f -mavx512bw -mavx512vl -mavx512dq)
set(avx512_bf16 ${avx512} -mavx512bf16)
set(amx ${avx512_bf16} -mamx-tile -mamx-bf16)
set(sources_of_levels ${kernels}/tile_rows_level.cpp ${kernels}/tile_linear_level.cpp ${kernels}/tile_attention_level.cpp)
foreach(level avx2 avx512 avx512_bf16 amx)
  string(TOUPPER ${level} upper)
  string(REPLACE ";" " " flags "${${level}}")
  check_cxx_compiler_flag("${flags}" IRSCALE_${upper})
  if(NOT IRSCALE_${upper})
    break()
  endif()
  add_library(kernels_${level} OBJECT ${sources_of_levels})
  target_include_directories(kernels_${level} PUBLIC ${kernels})
  irscale_warnings(kernels_${level})
  # GCC 12's own intrinsics warn (bug 105593).
  target_compile_options(kernels_${level} PRIVATE ${${level}} -Wno-uninitialized -Wno-maybe-uninitialized)
  target_compile_definitions(kernels_${level} PRIVATE IRS_LEVEL=${level})
  target_compile_definitions(kernels_choice PRIVATE IRS_HAS_${upper})
  irscale_sanitizers(kernels_${level})
  list(APPEND objects_of_kernels $<TARGET_OBJECTS:kernels_${level}>)
endforeach()
