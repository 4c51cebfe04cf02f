2099-07-25T12:00Z sandersville site-interest-changed interest=sold
