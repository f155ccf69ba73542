-- What each value of a vocabulary means, one a line, as the comment of the CHECK that lists them: the descriptions of the values in
-- GraphQL (src/plugins/vocabulary-enums.ts). Whom or what it is a vocabulary of, its domain's comment says.

-- section: vocabulary_values
comment on constraint region_code_check on domain app.region_code is
  E'us-east: The United States, in the east.\neu-central: The European Union.\nuk-south: The United Kingdom.\ncanada-central: Canada.\naustralia-east: Australia.\nsingapore: Singapore.\njapan-east: Japan.\nindia-central: India.\nbrazil-south: Brazil.\nsouth-africa: South Africa.\nkorea-central: South Korea.\nhong-kong: Hong Kong.\nnew-zealand: New Zealand.\nisrael: Israel.';
comment on constraint isolation_tier_check on domain app.isolation_tier is
  E'shared: Its rows are kept apart from those of others by row-level security.\nschema: It has tables of its own as well.';
comment on constraint provisioning_state_check on domain app.provisioning_state is
  E'provisioning: It is being made.\nready: It can be used.';
comment on constraint base_role_check on domain app.base_role is
  E'admin: Runs the organization: everything in it, nothing beyond it.\ndeveloper: Works on defects and tests.\nengineer: Runs deployments, maintenance and projects.\nauditor: Reads everything, and changes nothing.\nanalyst: Reads what is counted and masked.\nmember: Reads, and asks for maintenance.\nci: A program that reports test results and deployments of a project.';
comment on constraint masking_mode_check on domain app.masking_mode is
  E'none: Shown as it is.\npartial: Shown without its secrets.\nfull: Shown as a token, which is the same for the same value.';
comment on constraint sensitive_field_check on domain app.sensitive_field is
  E'defects.failure_details: What a defect''s test said of its failure.\ndefects.stack_trace: Where a defect''s test failed.\ndefects.fingerprint_explanation: By what a defect''s failures are grouped.\npeople.email: The e-mail addresses of the people of the organization.\nusers.email: The e-mail addresses of accounts.\ninvitations.email: The e-mail addresses of who is invited.\nassessment_results.evidence_data: What proves a finding.\nassessment_results.remediation_script: What mends a finding.\nresources.config: How a resource of a design is configured.\nstates.state: The resources of a Terraform state.\nstate_versions.state: The resources of an earlier version of a Terraform state.';
comment on constraint severity_check on domain app.severity is
  E'low: It can wait.\nmedium: It is to be looked at.\nhigh: It is to be mended soon.\ncritical: It is to be mended now.';
comment on constraint assessment_status_check on domain app.assessment_status is
  E'draft: It is being prepared.\nin_progress: It is being made.\ncompleted: Its findings are complete.\narchived: It is kept for the record.';
comment on constraint project_status_check on domain app.project_status is
  E'active: It is worked on.\ninactive: It rests.\narchived: It is over, and kept for the record.';
comment on constraint defect_status_check on domain app.defect_status is
  E'open: Nobody has looked at it yet, or it has come back.\ntriaged: It has been looked at.\nin_progress: It is being mended.\nresolved: It is mended; if it occurs again, it is open again.\nignored: It is not to be mended.';
comment on constraint deployment_environment_check on domain app.deployment_environment is
  E'production: Where its users are.\nstaging: Where it is tried before that.\ndevelopment: Where it is worked on.';
comment on constraint deployment_status_check on domain app.deployment_status is
  E'pending: It has not begun.\nin_progress: It is under way.\nsuccess: The version is there.\nfailed: The version is not there.\nrolled_back: The version was there, and was taken back.';
comment on constraint priority_check on domain app.priority is
  E'low: When there is time.\nmedium: In its turn.\nhigh: Before others.\ncritical: At once.';
comment on constraint maintenance_status_check on domain app.maintenance_status is
  E'open: Nobody works on it.\nin_progress: Somebody works on it.\ncompleted: It is done.\ncancelled: It is not to be done.';
comment on constraint cloud_provider_check on domain app.cloud_provider is
  E'aws: Amazon Web Services.\nazure: Microsoft Azure.\ngcp: Google Cloud.';
comment on constraint design_status_check on domain app.design_status is
  E'draft: It is being drawn.\nactive: It is in use.\narchived: It is kept for the record.';
comment on constraint design_visibility_check on domain app.design_visibility is
  E'private: For its creator and whom it is shared with.\norganization: For everyone in the organization.';
comment on constraint share_permission_check on domain app.share_permission is
  E'view: To see the design.\ncomment: To comment on it as well.\nedit: To change it as well.';
comment on constraint execution_status_check on domain app.execution_status is
  E'pending: It has not begun.\nrunning: It is under way.\nsucceeded: It is done.\nfailed: It could not be done.\ncancelled: It was ended by somebody.';
comment on constraint drift_kind_check on domain app.drift_kind is
  E'added: The resource is there and was not planned.\nchanged: The resource is another than was planned.\nremoved: The resource was planned and is gone.';
comment on constraint event_kind_check on domain app.event_kind is
  E'defect_reported: A defect was opened or came back.\ndeployment_changed: A deployment was made or changed.\ndesign_changed: A design was made or changed.\nnotification_received: Somebody was notified.';
comment on constraint run_verdict_check on domain app.run_verdict is
  E'clean: Nothing failed.\nnew: Something failed that never did before, or that had been resolved.\nknown: Only what is known or muted failed.\nflaky: Only tests that are flaky failed.\ninfrastructure: So much failed that it says nothing of the tests.';
comment on constraint reported_defect_state_check on domain app.reported_defect_state is
  E'new: It was never seen before.\nknown: It was seen before.\nregressed: It has come back after it was resolved.';
comment on constraint flake_reason_check on domain app.flake_reason is
  E'retry: It passed after a failed attempt.\nsame_commit: It both passed and failed on one commit.';
comment on constraint test_outcome_check on domain app.test_outcome is
  E'passed: It held.\nfailed: An assertion did not hold.\nerrored: Something else went wrong.\nskipped: It was not run.';
comment on constraint notification_kind_check on domain app.notification_kind is
  E'defect_assigned: A defect was assigned to the person.\nmaintenance_assigned: A maintenance request was assigned to the person.\nmaintenance_status_changed: The status of a request that is the person''s own was changed.\ndesign_shared: A design was shared with the person.\nwebhook_failed: A delivery of a webhook was given up.\nwebhook_disabled: A webhook was switched off, since its endpoint is gone.\njob_failed: A background job keeps failing.';
comment on constraint webhook_state_check on domain app.webhook_state is
  E'waiting: Nothing was sent yet.\nworking: The last attempt was answered well.\nfailing: The last attempt was not.\ngone: The endpoint said that it is gone for good.';
comment on constraint delivery_status_check on domain app.delivery_status is
  E'pending: It is to be tried.\ndelivered: The endpoint has taken it.\ndead: It has failed too often, and is not tried again.';
