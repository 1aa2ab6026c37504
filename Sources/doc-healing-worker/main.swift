import Assembly
