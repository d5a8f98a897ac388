# libirscale_cuda.so, beside libirscale.so: the kernels on CUDA devices, where nvcc is. Without nvcc everything else is
# built and libtorch's operators serve those devices.
find_program(NVCC nvcc HINTS ENV CUDA_HOME PATH_SUFFIXES bin)
option(IRSCALE_CUDA "Build the CUDA kernels where nvcc is" ON)
if(NOT NVCC OR NOT IRSCALE_CUDA)
  message(STATUS "no nvcc: without CUDA kernels")
  return()
endif()
set(kernels ${CMAKE_CURRENT_SOURCE_DIR}/../kernels)
file(GLOB cuda_headers CONFIGURE_DEPENDS ${kernels}/*.cuh ${kernels}/*.h)
# Ampere, Ada, Hopper and Blackwell, as far as this nvcc knows them, and PTX of the last for what comes after.
execute_process(COMMAND ${NVCC} --list-gpu-arch OUTPUT_VARIABLE known_architectures)
set(nvcc ${NVCC} -std=c++17 -O3 --threads 0 -Xcompiler -fPIC -I${kernels} -cudart static)
foreach(architecture 80 89 90 100 120)
  if(known_architectures MATCHES "compute_${architecture}")
    list(APPEND nvcc -gencode arch=compute_${architecture},code=sm_${architecture})
    set(newest ${architecture})
  endif()
endforeach()
list(APPEND nvcc -gencode arch=compute_${newest},code=compute_${newest})
set(objects)
foreach(kernel layer_norm_modulate gated_residual qk_norm_rope lora_merge transition guidance clip_preprocess
        fp8_rows)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${kernel}.cu.o)
  add_custom_command(OUTPUT ${object} COMMAND ${nvcc} -c ${kernels}/${kernel}.cu -o ${object}
                     DEPENDS ${kernels}/${kernel}.cu ${cuda_headers} COMMENT "nvcc ${kernel}.cu" VERBATIM)
  list(APPEND objects ${object})
endforeach()
if(NOT CMAKE_LIBRARY_OUTPUT_DIRECTORY)
  set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
endif()
set(library ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/libirscale_cuda.so)
add_custom_command(OUTPUT ${library} COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}
                   COMMAND ${nvcc} -shared ${objects} -o ${library} DEPENDS ${objects} VERBATIM)
add_custom_target(irscale_cuda ALL DEPENDS ${library})

if(BUILD_TESTING)
  set(cuda_test ${CMAKE_CURRENT_BINARY_DIR}/cuda_test)
  add_custom_command(OUTPUT ${cuda_test}
                     COMMAND ${nvcc} ${kernels}/cuda_test.cu ${kernels}/testing.cpp ${objects} ${objects_of_kernels}
                             -o ${cuda_test}
                     DEPENDS ${kernels}/cuda_test.cu ${kernels}/testing.cpp ${objects} ${objects_of_kernels}
                     COMMENT "nvcc cuda_test.cu" COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(cuda_test_program ALL DEPENDS ${cuda_test})
  add_test(NAME cuda COMMAND ${cuda_test})
endif()
