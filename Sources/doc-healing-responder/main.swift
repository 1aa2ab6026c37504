// The FastCGI application: spawn-fcgi starts it with the listening socket as descriptor 0.

import Assembly

Responder.main()
